/** A model's card in Markdown, of its contract and of what was measured: the same facts give the same page. */
import { markdownTable } from "../markdown.ts";
import { type CardFacts, staleNote } from "./facts.ts";
import { behaviourLines, qualityLines, robustnessLines, trustLines } from "./measurements.ts";
import { PURPOSES } from "./purpose.ts";

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join("\n");

function terms({ contract }: CardFacts): string[] {
  const { licence, sources } = contract;
  const use = (commercial: boolean | undefined): string =>
    commercial === undefined ? "not stated" : commercial ? "allowed" : "not allowed, or not granted";
  return [
    `Terms of the weights: ${licence.terms}. Commercial use: ${use(licence.commercial)}.`,
    "",
    markdownTable(
      ["Trained on", "Rows of the training split", "Terms of the data", "Commercial use"],
      sources.map((source) => [source.name, source.rows ?? "–", source.terms, use(source.commercial)]),
    ),
    "",
    licence.commercial
      ? "`--license permissive` uses this model."
      : "`--license permissive` leaves this model out, and says so.",
  ];
}

/** `20 + 13 epochs`. */
function asked(epochs: readonly number[]): string {
  const trainings = epochs.length > 1 ? `, ${epochs.length} trainings of which each starts from the one before` : "";
  return `The minutes of the training were not recorded; the configuration asks for ${epochs.join(" + ")} epochs${trainings}.`;
}

function trained({ contract: { trained: how, trainingManifestHash }, configuredEpochs }: CardFacts): string[] {
  const cost =
    how.epochs === undefined || how.minutes === undefined
      ? configuredEpochs === undefined
        ? "What the training cost was not recorded."
        : asked(configuredEpochs)
      : `${how.epochs} epochs in ${how.minutes} minutes on the machine it was trained on, earlier weights that it may have started from not counted in.`;
  return [
    "```sh",
    how.command,
    "```",
    "",
    `Seed ${how.seed}, ${how.date}. ${cost} SHA-256 of the rows: \`${trainingManifestHash}\`.`,
  ];
}

function speed(facts: CardFacts): string[] {
  const times = facts.speed?.times.filter(({ model }) => model === facts.contract.id) ?? [];
  if (times.length === 0) return [];
  return [
    ...staleNote(facts.speed?.models, facts),
    markdownTable(
      ["Input", "Processor time"],
      times.map(({ input, ms }) => [input, `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`]),
    ),
    "",
    `From the decoded input to the opinion, one thread, warm, mean of twenty, on ${facts.speed?.processor}.`,
  ];
}

/** Of validation rows, as the training left them in the contract. */
function validation({ contract: { metrics = {}, temperature, abstainBelow } }: CardFacts): string[] {
  const own = Object.entries(metrics).map(([name, value]) => `${name} ${value.toFixed(3)}`);
  return [
    `Validation rows: ${own.length === 0 ? "nothing recorded" : own.join(", ")}. Temperature ${temperature.toFixed(2)}; ` +
      `no label is named below a confidence of ${abstainBelow.toFixed(2)}, a threshold chosen there for 90 % coverage.`,
  ];
}

function negation({ contract }: CardFacts): string[] {
  if (contract.modality !== "text" || contract.negation === undefined) return [];
  const { strength, power, least, neutral, reach } = contract.negation;
  return [
    "",
    `What a text denies ("not happy", 不开心) is asked about by itself and taken back: up to ${strength} from the logits of the ` +
      `emotion denied and ${neutral} more for neutral, times the share of the text to the power of ${power}, where at most ${reach} ` +
      `words are denied that show an emotion by ${least} or more. Chosen by \`npm run bench -- negation\` on validation rows and made ` +
      "sentences; the weights are as trained.",
  ];
}

/** What else is done to a text, or to the answer, beside the weights. */
function manners({ contract }: CardFacts): string[] {
  if (contract.modality !== "text") return [];
  const { degree, spelling } = contract;
  return [
    ...(degree === undefined
      ? []
      : [
          "",
          `A word of degree ("very", "a bit", 非常, 有点) moves no answer against its sense: where the network would, the answer without it counts, ` +
            `moved by ${degree.more} and ${degree.less} in the logits. Chosen by \`npm run bench -- degree\` on validation rows and made sentences.`,
        ]),
    ...(spelling === true
      ? ["", "Slips of the keyboard are mended before a text is read: one slip from a known word, in lower case."]
      : []),
  ];
}

export function modelCard(facts: CardFacts): string {
  const { contract, bytes, sha256, file } = facts;
  const { reads, intended, misuse, limits } = PURPOSES[contract.modality];
  const languages = contract.modality === "text" ? ` (${contract.input.languages.join(", ")})` : "";
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ["Intended use", [list(intended)]],
    ["Misuse", [list(misuse)]],
    ["Limits", [list(limits)]],
    ["Data and terms", terms(facts)],
    ["Accuracy", [...qualityLines(facts), "", ...validation(facts)]],
    ["Behaviour", [...behaviourLines(facts), ...negation(facts), ...manners(facts)]],
    ["Robustness", robustnessLines(facts)],
    ["Abstention", trustLines(facts)],
    ["Speed", speed(facts)],
    ["Training", trained(facts)],
  ];
  return [
    `# ${contract.id} ${contract.version}`,
    "",
    "Written by `npm run bench -- cards --write`.",
    "",
    `Reads ${reads}${languages} and answers with ${contract.labels.join(", ")}, of which ` +
      `${contract.task === "single" ? "one" : "any number"} may fit, as the emotion that is *apparently expressed*.`,
    "",
    markdownTable(["File", "Size", "SHA-256"], [[`\`${file}\``, `${(bytes / 1e6).toFixed(2)} MB`, `\`${sha256}\``]]),
    ...sections.flatMap(([title, lines]) => (lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines])),
    "",
  ].join("\n");
}
