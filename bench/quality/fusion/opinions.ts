/**
 * What can be known of a transcript without the features of the release: the scores that networks give it which have
 * never seen MOSI, the valences of its words, and a regression on its words, which for training films is always fitted
 * on other films.
 */
import { readFile } from "node:fs/promises";
import { AffektError } from "../../../src/core/errors.ts";
import type { Row } from "../../../src/data/row.ts";
import { foldsBySubject } from "../../../src/data/split.ts";
import { nodeRuntime } from "../../../src/platform/node/runtime.ts";
import { contractFromModel } from "../../../src/recognize/contract-file.ts";
import { openTextExpert } from "../../../src/recognize/text-expert.ts";
import { readLexicon, valences } from "./lexicon.ts";
import { logisticRegression } from "./logistic.ts";
import { spoken } from "./sentiment.ts";

const LEXICA = ["text/vader/vader_lexicon.txt", "text/afinn/AFINN-en-165.txt"];
const FOLDS = 5;
/** Training transcripts that a word or pair of words must be in. */
const LEAST = 3;
const L2 = 0.001;

export interface Opinions {
  /** `[rows, dim]`. */
  readonly data: Float32Array;
  readonly dim: number;
}

/** Words and pairs of words, each once. */
export function terms(text: string): Set<string> {
  const words = text.toLowerCase().split(/\s+/u);
  return new Set([...words, ...words.slice(1).map((word, at) => `${words[at]} ${word}`)]);
}

/** Log-odds of `positive`, `[rows]`: of training rows from the other folds, of test rows from all of training. */
function wordOdds(rows: readonly Row[]): Float32Array {
  const all = rows.map(({ text = "" }) => terms(text));
  const training = [...rows.keys()].filter((row) => rows[row]?.split !== "test");
  const counts = new Map<string, number>();
  for (const row of training) for (const term of all[row] as Set<string>) counts.set(term, (counts.get(term) ?? 0) + 1);
  const known = [...counts].filter(([, count]) => count >= LEAST).map(([term]) => term);
  const place = new Map(known.map((term, at) => [term, at]));
  const dim = known.length;
  const rarity = known.map((term) => Math.log(rows.length / (1 + (counts.get(term) as number))));
  /** Weighted by rarity, every row of length 1 (Salton & Buckley 1988). */
  const matrix = (of: readonly number[]): Float64Array => {
    const data = new Float64Array(of.length * dim);
    for (const [at, row] of of.entries()) {
      const own = [...(all[row] as Set<string>)].flatMap((term) => place.get(term) ?? []);
      const length = Math.hypot(...own.map((column) => rarity[column] as number)) || 1;
      for (const column of own) data[at * dim + column] = (rarity[column] as number) / length;
    }
    return data;
  };
  const odds = new Float32Array(rows.length);
  const answer = (from: readonly number[], to: readonly number[]): void => {
    const truth = Int32Array.from(from, (row) => (rows[row]?.label === "positive" ? 1 : 0));
    const { logits } = logisticRegression(matrix(from), truth, { dim, classes: 2, l2: L2, iterations: 100 });
    const said = logits(matrix(to));
    for (const [at, row] of to.entries()) odds[row] = (said[2 * at + 1] as number) - (said[2 * at] as number);
  };
  const folds = foldsBySubject(
    training.map((row) => rows[row] as Row),
    FOLDS,
    { seed: 1 },
  );
  for (let fold = 0; fold < FOLDS; fold++) {
    answer(
      training.filter((_, at) => folds[at] !== fold),
      training.filter((_, at) => folds[at] === fold),
    );
  }
  answer(
    training,
    [...rows.keys()].filter((row) => rows[row]?.split === "test"),
  );
  return odds;
}

/** Logits that a model file gives each text, `[rows, labels]`; zeros where it has nothing to read. */
async function said(path: string, texts: readonly string[]): Promise<Float32Array[]> {
  const bytes = await readFile(path);
  const whole = contractFromModel(bytes);
  if (whole.modality !== "text") throw new AffektError("model", `${path} is no text model.`, "Train it again.");
  // What the network itself says: denials are left to the regression, as they were when the figures were taken.
  const { negation: _, ...contract } = whole;
  const expert = await openTextExpert(nodeRuntime(), bytes, contract, { threads: 1 });
  const opinions = await expert.opinions(texts);
  await expert.close();
  return opinions.map((opinion) => Float32Array.from(opinion?.logits ?? contract.labels.map(() => 0)));
}

/**
 * @param root folder of the data sets, those of the lexica among them
 * @param models paths of text models
 */
export async function transcriptOpinions(
  rows: readonly Row[],
  root: string,
  models: readonly string[],
): Promise<Opinions> {
  const texts = rows.map(({ text = "" }) => spoken(text));
  const networks = await Promise.all(models.map((path) => said(path, texts)));
  const odds = wordOdds(rows);
  const lexica = await Promise.all(
    LEXICA.map(async (path) => readLexicon((await readFile(`${root}/${path}`, "utf8")).replaceAll("'", ""))),
  );
  const all = texts.map((text, row) => [
    ...networks.flatMap((network) => [...(network[row] as Float32Array)]),
    odds[row] as number,
    ...lexica.flatMap((lexicon) => valences(text.split(" "), lexicon)),
  ]);
  return { data: Float32Array.from(all.flat()), dim: all[0]?.length ?? 0 };
}
