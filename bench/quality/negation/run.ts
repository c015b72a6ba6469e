/**
 * Chooses how a text model takes back what a text denies (src/recognize/denied.ts), and writes it into its contract.
 *
 *   npm run bench -- negation --root DATA --only text-en,text-zh [--write]
 *
 * Of a grid of settings the one that answers most made sentences of the fit's half rightly, among those that cost at most
 * .001 macro-F1 on the validation rows. The other half of the sentences, with other words in other frames, is told as well.
 * Sentences that stand in the behaviour suite are left out of both.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { prepareDataset } from "../../../src/data/prepare.ts";
import { rowLabels } from "../../../src/evaluate/truth.ts";
import { multiLabelMacroF1 } from "../../../src/metrics/multi-label.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { chineseWords, tokenizerBeside } from "../../../src/platform/node/open.ts";
import { nodeRuntime } from "../../../src/platform/node/runtime.ts";
import { normalizeText } from "../../../src/preprocess/text/normalize.ts";
import type { Negation, TextContract } from "../../../src/recognize/contract.ts";
import { withContract } from "../../../src/recognize/contract-file.ts";
import { clausesIn, composed, readClause } from "../../../src/recognize/denied.ts";
import { logProbabilities } from "../../../src/recognize/opinion.ts";
import { openTextExpert, type TextExpert } from "../../../src/recognize/text-expert.ts";
import { judgeSingle } from "../../../src/train/validation.ts";
import { among, TABLE_OPTIONS } from "../arguments.ts";
import { readSuite } from "../behaviour/run.ts";
import { readModel, shippedPath } from "../model-file.ts";
import { type DeniedSentence, deniedSentences, twiceDenied } from "./sentences.ts";

const MODELS = [
  { id: "text-en", language: "en", dataset: "goemotions" },
  { id: "text-zh", language: "zh", dataset: "smp2020_ewect" },
] as const;

const GRID = {
  strength: [6, 9, 12],
  power: [1, 1.5, 2],
  least: [0.4, 0.5, 0.6],
  neutral: [0, 1, 2],
  reach: [6, 8],
} as const;

const THEN = " && ";

/** Macro-F1 on validation rows that a setting may cost. */
const MAY_COST = 0.001;

function settings(): Negation[] {
  const of = Object.entries(GRID) as [keyof Negation, readonly number[]][];
  return of.reduce<Partial<Negation>[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  ) as Negation[];
}

/** The widest setting: its clauses are all that any other asks about. */
const WIDEST: Negation = { strength: 100, power: 0, least: 0, neutral: 0, reach: Math.max(...GRID.reach) };

interface Asked {
  readonly contract: TextContract;
  /** What the model says of a text under a setting. */
  readonly say: (text: string, negation: Negation) => Float32Array;
  readonly probabilities: (logits: Float32Array) => Float64Array;
}

/** Asks once about every text and what it denies; settings then only compose. */
async function ask(expert: TextExpert, texts: readonly string[]): Promise<Asked> {
  const { contract } = expert;
  const all = [...new Set(texts.flatMap((text) => clausesIn(readClause(text, WIDEST)).map((clause) => clause.text)))];
  const known = new Map<string, Float32Array>();
  for (const [at, opinion] of (await expert.opinions(all)).entries()) {
    if (opinion !== null) known.set(all[at] as string, opinion.logits);
  }
  const neutral = contract.labels.indexOf("neutral");
  const probabilities = (logits: Float32Array): Float64Array => logProbabilities({ contract, logits }).map(Math.exp);
  const say = (text: string, negation: Negation): Float32Array =>
    composed(readClause(text, negation), (clause) => known.get(clause.text), probabilities, neutral, negation) ??
    new Float32Array(contract.labels.length);
  return { contract, say, probabilities };
}

interface Validation {
  readonly text: string;
  readonly labels: readonly string[];
}

function macroF1(rows: readonly Validation[], { contract, say }: Asked, negation: Negation): number {
  const classes = contract.labels.length;
  const logits = new Float32Array(rows.length * classes);
  for (const [row, { text }] of rows.entries()) logits.set(say(text, negation), row * classes);
  const flags = rows.flatMap(({ labels }) => contract.labels.map((label) => (labels.includes(label) ? 1 : 0)));
  const { thresholds } = contract;
  if (thresholds !== undefined) {
    const probabilities = Float64Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
    return multiLabelMacroF1(probabilities, Uint8Array.from(flags), thresholds);
  }
  const truth = Int32Array.from(rows, ({ labels }) => contract.labels.indexOf(labels[0] as string));
  return judgeSingle({ logits, truth, classes }, "macroF1").score;
}

/** Share of the sentences where what is denied is not named, and is less likely than where it is said. */
function passed(sentences: readonly DeniedSentence[], asked: Asked, negation: Negation): number {
  const own = sentences.filter(({ emotion }) => asked.contract.labels.includes(emotion));
  const right = own.filter(({ affirmed, denied, emotion }) => {
    const label = asked.contract.labels.indexOf(emotion);
    const before = asked.probabilities(asked.say(affirmed, negation));
    const after = asked.probabilities(asked.say(denied, negation));
    return after.indexOf(Math.max(...after)) !== label && (after[label] as number) < (before[label] as number);
  });
  return right.length / own.length;
}

/** Share of the sentences where what is denied twice is more likely than what is denied once. */
function restored(language: "en" | "zh", asked: Asked, negation: Negation): number {
  const own = twiceDenied(language).filter(({ emotion }) => asked.contract.labels.includes(emotion));
  const right = own.filter(({ once, twice, emotion }) => {
    const label = asked.contract.labels.indexOf(emotion);
    const likely = (text: string) => asked.probabilities(asked.say(text, negation))[label] as number;
    return likely(twice) > likely(once);
  });
  return right.length / own.length;
}

async function open(id: string) {
  const model = await readModel(shippedPath(id));
  if (model.contract.modality !== "text") throw new Error(`${model.path} is no text model`);
  const { negation: _, ...contract } = model.contract;
  // Words of degree are read on top of it, and stay as they were chosen.
  const { degree: _degree, ...plain } = contract;
  const { tokenizer, ngrams } = contract.input;
  const expert = await openTextExpert(nodeRuntime(), model.content, plain, {
    ...("sha256" in tokenizer ? { tokenizer: await tokenizerBeside(model.path, tokenizer.sha256) } : {}),
    ...(ngrams?.segmentHan ? { segmentHan: await chineseWords() } : {}),
  });
  return { ...model, contract, expert };
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: TABLE_OPTIONS });
  const wanted = among(values.only);
  for (const { id, language, dataset } of MODELS) {
    if (!wanted(id)) continue;
    const { path, content, contract, expert } = await open(id);
    const { manifest } = await prepareDataset(dataset, nodeFiles(), { root: values.root });
    const rows = manifest.rows.flatMap((row): Validation[] =>
      row.split === "validation" ? [{ text: normalizeText(row.text ?? ""), labels: rowLabels(row) }] : [],
    );
    const tested = new Set(
      Object.values((await readSuite(language)).kinds).flatMap((pairs) => pairs.flatMap(([a, b]) => [a, b])),
    );
    const sentences = deniedSentences(language).filter(
      ({ affirmed, denied }) => !tested.has(affirmed) && !tested.has(denied),
    );
    const asked = await ask(expert, [
      ...rows.map(({ text }) => text),
      ...sentences.flatMap(({ affirmed, denied }) => [affirmed, denied]),
      ...twiceDenied(language).flatMap(({ once, twice }) => [once, twice]),
    ]);
    await expert.close();
    const fit = sentences.filter(({ part }) => part === "fit");
    const check = sentences.filter(({ part }) => part === "check");
    const none: Negation = { ...WIDEST, strength: Number.MIN_VALUE };
    const before = macroF1(rows, asked, none);
    let best = { negation: none, score: before, share: passed(fit, asked, none) };
    console.log(`${id} without: macro-F1 ${before.toFixed(4)}, made sentences ${best.share.toFixed(3)}`);
    for (const negation of settings()) {
      const share = passed(fit, asked, negation);
      if (share < best.share) continue;
      const score = macroF1(rows, asked, negation);
      if (score < before - MAY_COST || (share === best.share && score <= best.score)) continue;
      best = { negation, score, share };
    }
    const { negation, score, share } = best;
    console.log(
      `${id} with ${JSON.stringify(negation)}: macro-F1 ${score.toFixed(4)}, made sentences ${share.toFixed(3)}; ` +
        `those of the check ${passed(check, asked, none).toFixed(3)} without, ${passed(check, asked, negation).toFixed(3)} with; ` +
        `denied twice ${restored(language, asked, none).toFixed(3)} without, ${restored(language, asked, negation).toFixed(3)} with`,
    );
    if (!values.write) continue;
    const [command] = contract.trained.command.split(THEN);
    const trained = { ...contract.trained, command: `${command}${THEN}npm run bench -- negation --only ${id} --write` };
    const metrics = { ...contract.metrics, macroF1: score };
    await writeFile(path, withContract(content, { ...contract, negation, metrics, trained }));
  }
}
