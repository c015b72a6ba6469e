/** `affekt recognize`: the emotion that a text, a face or a voice appears to express. */
import { type Command, Option } from "commander";
import { AffektError } from "../../core/errors.ts";
import type { Inputs } from "../../core/prediction.ts";
import { describeMissing, type MissingPart } from "../../recognize/missing.ts";
import { positiveInteger } from "../arguments.ts";
import { recognizeBatch } from "../batch.ts";
import { asAffektError } from "../exit-codes.ts";
import { startProgress } from "../progress.ts";
import { renderError } from "../render/error.ts";
import { renderPrediction } from "../render/prediction.ts";
import type { OpenRecognizer, RecognizerOptions, Tools } from "../tools.ts";
import { findScenario, type ScenarioOptions, underScenario } from "../under-scenario.ts";

const SOURCES = ["text", "image", "audio", "video"] as const;
type Source = (typeof SOURCES)[number];

export interface RecognizeOptions extends RecognizerOptions, ScenarioOptions {
  readonly text?: readonly string[];
  readonly image?: readonly string[];
  readonly audio?: readonly string[];
  readonly video?: readonly string[];
  /** A JSONL file of inputs, or `-`. */
  readonly batch?: string;
  readonly json?: boolean;
}

/** One utterance, and what to call it. */
interface Utterance {
  readonly name: string;
  readonly inputs: Inputs;
}

function usage(message: string, hint: string): AffektError {
  return new AffektError("usage", message, hint);
}

/** @throws AffektError `input`: what is no text, such as a photograph, would be recognized as one without a word known */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AffektError(
      "input",
      `Standard input (${bytes.length} bytes) is not UTF-8; expected text.`,
      "Convert the text (iconv -t UTF-8), or pass a medium with --image, --audio or --video.",
      { cause },
    );
  }
}

async function resolveValue(source: Source, value: string, tools: Tools): Promise<Utterance> {
  if (value !== "-") return { name: value, inputs: { [source]: value } };
  const bytes = await tools.terminal.stdin();
  return { name: "standard input", inputs: { [source]: source === "text" ? textOf(bytes) : bytes } };
}

/** One value per option makes one utterance; several values of one option make as many. */
async function utterances(options: RecognizeOptions, tools: Tools): Promise<Utterance[]> {
  const given = SOURCES.flatMap((source) => {
    const values = options[source] ?? [];
    return values.length === 0 ? [] : [{ source, values }];
  });
  if (given.length === 0) {
    throw usage("Nothing to recognize was given.", "Pass --text, --image, --audio or --video, or --batch FILE.");
  }
  if (given.flatMap(({ values }) => values).filter((value) => value === "-").length > 1) {
    throw usage("Standard input can be read once; - was given more than once.", "Pass the others as files.");
  }
  if (given.length > 1 && given.some(({ values }) => values.length > 1)) {
    throw usage(
      `Several values of one option cannot be combined with ${given.map(({ source }) => `--${source}`).join(", ")}.`,
      "Give one value each for one utterance, or a JSONL file with --batch for many.",
    );
  }
  const parts = await Promise.all(
    given.flatMap(({ source, values }) => values.map((value) => resolveValue(source, value, tools))),
  );
  if (given.length === 1) return parts;
  return [
    {
      name: parts.map(({ name }) => name).join(" + "),
      inputs: Object.assign({}, ...parts.map(({ inputs }) => inputs)) as Inputs,
    },
  ];
}

/** A text names itself, but not at any length. */
const MOST_NAME = 60;

/**
 * Answers every utterance in order. Of several, one that fails is told in its place and does not stop the rest.
 *
 * @throws AffektError of the first utterance that failed, after all were answered
 */
async function recognizeAll(
  items: readonly Utterance[],
  recognizer: OpenRecognizer,
  options: RecognizeOptions,
  tools: Tools,
): Promise<void> {
  const { terminal } = tools;
  const asJson = options.json === true || !terminal.interactive;
  const [only] = items;
  if (only !== undefined && items.length === 1) {
    const prediction = await recognizer.recognize(only.inputs);
    // A program gets one line, as for several: `--image *.jpg > answers.jsonl` may match a single file.
    const json = JSON.stringify(prediction, null, terminal.interactive ? 2 : 0);
    terminal.print(asJson ? json : `${renderPrediction(prediction, terminal)}\n`);
    return;
  }
  const progress = startProgress(terminal, "recognized", items.length);
  let first: AffektError | undefined;
  let failed = 0;
  for (const [index, { name, inputs }] of items.entries()) {
    const [result] = await recognizer.recognizeSettled([inputs]);
    // The answer would otherwise stand behind the progress line.
    progress.end();
    if (result?.status === "fulfilled") {
      const prediction = result.value;
      terminal.print(
        asJson ? JSON.stringify({ name, ...prediction }) : `${renderPrediction(prediction, terminal, name)}\n`,
      );
    } else {
      const cause = asAffektError(result?.reason);
      const { code, message, hint } = cause;
      const named = new AffektError(code, `${name === "" ? "(empty)" : name.slice(0, MOST_NAME)}: ${message}`, hint, {
        cause,
      });
      if (asJson) terminal.print(JSON.stringify({ name, error: { code, message, hint } }));
      else terminal.note(`${renderError(named, terminal, false)}\n`);
      first ??= named;
      failed++;
    }
    progress.update(index + 1, failed === 0 ? "" : `${failed} failed`);
  }
  progress.end();
  if (first === undefined) return;
  terminal.note(`${failed} of ${items.length} failed; the first one:\n`);
  throw first;
}

/** Says on the terminal, not in the answers, what the chosen terms leave out. */
export function noteMissing(missing: readonly MissingPart[], { terminal }: Pick<Tools, "terminal">): void {
  if (missing.length === 0) return;
  terminal.note(
    `Under --license permissive nothing is there for\n${missing.map((part) => `  ${describeMissing(part)}\n`).join("")}`,
  );
}

export async function runRecognize(options: RecognizeOptions, tools: Tools): Promise<void> {
  if (options.batch !== undefined && SOURCES.some((source) => options[source] !== undefined)) {
    throw usage("--batch brings its own inputs.", "Leave out --text, --image, --audio and --video.");
  }
  // Before models are opened, which takes longer than finding out about a wrong name.
  if (options.batch !== undefined && options.batch !== "-" && !(await tools.files.exists(options.batch))) {
    throw new AffektError("file", `The batch ${options.batch} does not exist.`, "Check the path.");
  }
  const items = options.batch === undefined ? await utterances(options, tools) : [];
  const scenario = await findScenario(options, tools);
  const opened = await tools.openRecognizer(options);
  noteMissing(opened.missing ?? [], tools);
  const recognizer = scenario === undefined ? opened : underScenario(opened, scenario, options);
  try {
    if (options.batch === undefined) await recognizeAll(items, recognizer, options, tools);
    else await recognizeBatch(options.batch, recognizer, tools);
  } finally {
    await recognizer.close();
  }
}

/** Options that every command with a recognizer has. */
export function withRecognizerOptions(command: Command): Command {
  return command
    .option("--models <folder>", "use the models of this folder instead of the shipped ones")
    .addOption(
      new Option("--license <terms>", "leave out models whose training data restrict their use")
        .choices(["any", "permissive"])
        .default("any"),
    )
    .addOption(new Option("--threads <count>", "threads of the network runtime").argParser(positiveInteger));
}

export function addRecognize(program: Command, tools: Tools): void {
  withRecognizerOptions(program.command("recognize"))
    .summary("recognize the emotion that a text, a face or a voice appears to express")
    .description(
      "Recognizes the emotion that a text, a face or a voice appears to express.\n\n" +
        "One value per option is one utterance; several values of one option are several.\n" +
        "Of several, one that fails is reported and the rest goes on; the exit code is that of the first failure.\n" +
        "A value of - reads standard input. Output is a table on a terminal, JSON otherwise.",
    )
    .option("--text <text...>", "what was said or written, English or Chinese")
    .option("--image <file...>", "a photograph (JPEG, PNG, WebP, …)")
    .option("--audio <file...>", "a recording of speech (WAV, MP3, FLAC, …)")
    .option("--video <file...>", "a film: frames and sound track are used")
    .option("--batch <file>", "JSONL, one utterance a line: id, text, image, audio, video; answers as JSONL")
    .option("--scenario <id>", "keep to a use: its policy, labels and alerts (care, customer-service, …)")
    .option("--scenarios <folder>", "uses beside the shipped ones, a .json file each")
    .option("--jurisdiction <code>", "whose law applies, such as DE or US-CA; with --scenario")
    .option("--basis <basis>", "recorded legal basis, such as consent or medical; with --scenario")
    .option("--json", "print JSON on a terminal too")
    .action((options: RecognizeOptions) => runRecognize(options, tools));
}
