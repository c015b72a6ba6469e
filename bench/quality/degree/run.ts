/**
 * Chooses how far a word of degree moves an answer that went against its sense (src/recognize/degree.ts), and writes it into
 * the contract of a text model.
 *
 *   npm run bench -- degree --root DATA --only text-en,text-zh [--write]
 *
 * Of a grid of steps the smallest that answers most made sentences in their sense, among those that cost at most .001
 * macro-F1 on the validation rows. Sentences of the behaviour suite are left out. The English model reads with slips of the
 * keyboard mended (src/preprocess/text/spelling.ts); its validation rows are asked so.
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
import type { Degree, TextContract } from "../../../src/recognize/contract.ts";
import { withContract } from "../../../src/recognize/contract-file.ts";
import { inItsSense, withoutDegree } from "../../../src/recognize/degree.ts";
import { logProbabilities } from "../../../src/recognize/opinion.ts";
import { openTextExpert } from "../../../src/recognize/text-expert.ts";
import { judgeSingle } from "../../../src/train/validation.ts";
import { among, TABLE_OPTIONS } from "../arguments.ts";
import { passes } from "../behaviour/pairs.ts";
import { readSuite } from "../behaviour/run.ts";
import { readModel, shippedPath } from "../model-file.ts";
import { gradedSentences } from "./sentences.ts";

const MODELS = [
  { id: "text-en", language: "en", dataset: "goemotions", spelling: { spelling: true } },
  { id: "text-zh", language: "zh", dataset: "smp2020_ewect", spelling: {} },
] as const;

/** Of both directions, in logits. */
const STEPS = [0.1, 0.2, 0.4, 0.8];
/** Macro-F1 on validation rows that a setting may cost. */
const MAY_COST = 0.001;
const THEN = " && ";

interface Judge {
  readonly contract: TextContract;
  /** What the model says of a text; without a setting, as the network says it. */
  readonly say: (text: string, degree?: Degree) => Float32Array;
  readonly probabilities: (logits: Float32Array) => Float64Array;
}

/** Asks once about every text and the same without its words of degree. */
async function judge(id: string, texts: readonly string[], spelling: { spelling?: true }): Promise<Judge> {
  const { path, content, contract: stored } = await readModel(shippedPath(id));
  if (stored.modality !== "text") throw new Error(`${path} is no text model`);
  const { degree: _degree, spelling: _spelling, ...without } = stored;
  const contract = { ...without, ...spelling };
  const { tokenizer, ngrams } = contract.input;
  const expert = await openTextExpert(nodeRuntime(), content, contract, {
    ...("sha256" in tokenizer ? { tokenizer: await tokenizerBeside(path, tokenizer.sha256) } : {}),
    ...(ngrams?.segmentHan ? { segmentHan: await chineseWords() } : {}),
  });
  const plain = new Map(texts.map((text) => [text, withoutDegree(normalizeText(text))] as const));
  const all = [...new Set([...texts, ...[...plain.values()].flatMap((one) => (one ? [one.text] : []))])];
  const known = new Map<string, Float32Array>();
  for (const [at, opinion] of (await expert.opinions(all)).entries()) {
    known.set(all[at] as string, opinion?.logits ?? new Float32Array(contract.labels.length));
  }
  await expert.close();
  const neutral = contract.labels.indexOf("neutral");
  const probabilities = (logits: Float32Array): Float64Array => logProbabilities({ contract, logits }).map(Math.exp);
  const say = (text: string, degree?: Degree): Float32Array => {
    const own = known.get(text) as Float32Array;
    const without = plain.get(text);
    if (without === undefined || degree === undefined) return own;
    return inItsSense(own, known.get(without.text) as Float32Array, without.strength, probabilities, neutral, degree);
  };
  return { contract, say, probabilities };
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: TABLE_OPTIONS });
  const wanted = among(values.only);
  for (const { id, language, dataset, spelling } of MODELS) {
    if (!wanted(id)) continue;
    const { manifest } = await prepareDataset(dataset, nodeFiles(), { root: values.root });
    const rows = manifest.rows.filter(({ split }) => split === "validation");
    const suite = Object.values((await readSuite(language)).kinds).flatMap((pairs) =>
      pairs.flatMap(([a, b]) => [a, b]),
    );
    const tested = new Set(suite);
    const made = gradedSentences(language).filter(({ said, graded }) => !tested.has(said) && !tested.has(graded));
    const texts = [...rows.map(({ text = "" }) => text), ...made.flatMap(({ said, graded }) => [said, graded])];
    const { contract, say, probabilities } = await judge(id, texts, spelling);
    const { labels, thresholds } = contract;

    const score = (degree?: Degree): number => {
      const logits = new Float32Array(rows.length * labels.length);
      for (const [row, { text = "" }] of rows.entries()) logits.set(say(text, degree), row * labels.length);
      const truth = rows.map(rowLabels);
      if (thresholds !== undefined) {
        const flags = truth.flatMap((own) => labels.map((label) => (own.includes(label) ? 1 : 0)));
        const sure = Float64Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
        return multiLabelMacroF1(sure, Uint8Array.from(flags), thresholds);
      }
      const right = Int32Array.from(truth, ([label = ""]) => labels.indexOf(label));
      return judgeSingle({ logits, truth: right, classes: labels.length }, "macroF1").score;
    };
    const share = (strength: "more" | "less", degree?: Degree): number => {
      const own = made.filter((one) => one.strength === strength && labels.includes(one.emotion));
      const saidOf = (text: string) =>
        Object.fromEntries([...probabilities(say(text, degree))].map((value, at) => [labels[at] as string, value]));
      const right = own.filter(({ said, graded, emotion }) =>
        passes(saidOf(said), saidOf(graded), strength === "more" ? { higher: emotion } : { lower: emotion }),
      );
      return right.length / own.length;
    };
    const told = (degree?: Degree): string =>
      `macro-F1 ${score(degree).toFixed(4)}, more strongly ${share("more", degree).toFixed(3)}, ` +
      `more weakly ${share("less", degree).toFixed(3)} of the made sentences`;
    const before = score();
    console.log(`${id} without: ${told()}`);
    let best: { readonly degree: Degree; readonly share: number } | undefined;
    for (const step of STEPS) {
      const degree = { more: step, less: step };
      console.log(`${id} with ${step}: ${told(degree)}`);
      const passed = share("more", degree) + share("less", degree);
      if (score(degree) < before - MAY_COST || passed <= (best?.share ?? 0)) continue;
      best = { degree, share: passed };
    }
    if (!values.write || best === undefined) continue;
    const { path, content, contract: stored } = await readModel(shippedPath(id));
    if (stored.modality !== "text") continue;
    const { degree } = best;
    const parts = stored.trained.command.split(THEN).filter((one) => !one.includes("bench -- degree"));
    const command = [...parts, `npm run bench -- degree --only ${id} --write`].join(THEN);
    const metrics = { ...stored.metrics, macroF1: score(degree) };
    const next = { ...stored, ...spelling, degree, metrics, trained: { ...stored.trained, command } };
    await writeFile(path, withContract(content, next));
    console.log(`${path}: ${JSON.stringify(degree)}`);
  }
}
