/**
 * What can be known of a transcript without the features of the release: the scores that models/text-en, which has never
 * seen MOSI, gives it, the valences of its words, and a regression on its words, which for training films is always
 * fitted on other films.
 */
import { readFile } from "node:fs/promises";
import { AffektError } from "../../../src/core/errors.ts";
import type { Row } from "../../../src/data/row.ts";
import { foldsBySubject } from "../../../src/data/split.ts";
import { nodeRuntime } from "../../../src/platform/node/runtime.ts";
import { contractFromModel } from "../../../src/recognize/contract-file.ts";
import { openTextExpert } from "../../../src/recognize/text-expert.ts";
import { readLexicon, VALENCES, valences } from "./lexicon.ts";
import { logisticRegression } from "./logistic.ts";

const MODEL = "models/text-en/model.onnx";
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

/** @param root folder of the data sets, that of the lexicon among them */
export async function transcriptOpinions(rows: readonly Row[], root: string): Promise<Opinions> {
  const bytes = await readFile(MODEL);
  const contract = contractFromModel(bytes);
  if (contract.modality !== "text") throw new AffektError("model", `${MODEL} is no text model.`, "Train it again.");
  const expert = await openTextExpert(nodeRuntime(), bytes, contract, { threads: 1 });
  const said = await expert.opinions(rows.map(({ text = "" }) => text.toLowerCase()));
  await expert.close();
  const odds = wordOdds(rows);
  const lexicon = readLexicon(await readFile(`${root}/text/vader/vader_lexicon.txt`, "utf8"));
  const width = contract.labels.length;
  const dim = width + 1 + VALENCES;
  const data = new Float32Array(rows.length * dim);
  for (const [row, opinion] of said.entries()) {
    if (opinion !== null) data.set(opinion.logits, row * dim);
    const words = (rows[row]?.text ?? "").toLowerCase().split(/\s+/u);
    data.set([odds[row] as number, ...valences(words, lexicon)], row * dim + width);
  }
  return { data, dim };
}
