/** Which rows were wrong: the most confident mistakes, and which label was taken for which. */
import type { RowPrediction } from "../evaluate.ts";
import { truthOf } from "../truth.ts";
import type { RowFacts } from "./row-facts.ts";

export interface Mistake {
  readonly id: string;
  readonly truth: string;
  readonly said: string;
  readonly confidence: number;
  /** Score of what would have been right, where scores were kept. */
  readonly scoreOfTruth?: number;
  readonly facts?: RowFacts;
}

export interface ConfusedPair {
  readonly truth: string;
  readonly said: string;
  readonly count: number;
  /** Share of the rows of `truth`. */
  readonly share: number;
  /** The most confident ones. */
  readonly examples: readonly Mistake[];
}

type FactsOf = ReadonlyMap<string, RowFacts>;

/** A wrong row, with what is known of it. */
export function mistakeOf(prediction: RowPrediction, facts: FactsOf): Mistake {
  const { id, label, confidence, truth, scores } = prediction;
  const scoreOfTruth = truth.length === 1 ? scores?.[truth[0] as string] : undefined;
  const own = facts.get(id);
  return {
    id,
    truth: truthOf(prediction),
    said: label,
    confidence,
    ...(scoreOfTruth === undefined ? {} : { scoreOfTruth }),
    ...(own === undefined ? {} : { facts: own }),
  };
}

/** Most confident first; rows of the same confidence in order of id, so that a report is the same every time. */
function byConfidence(a: RowPrediction, b: RowPrediction): number {
  return b.confidence - a.confidence || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** The mistakes that the model was surest of: wrong labels in the data show here first. */
export function confidentMistakes(
  predictions: readonly RowPrediction[],
  facts: FactsOf = new Map(),
  most = 20,
): Mistake[] {
  return predictions
    .filter(({ right }) => !right)
    .sort(byConfidence)
    .slice(0, most)
    .map((prediction) => mistakeOf(prediction, facts));
}

/** Pairs of a truth and what was said instead, the most frequent first. */
export function confusedPairs(
  predictions: readonly RowPrediction[],
  facts: FactsOf = new Map(),
  options: { readonly pairs?: number; readonly examples?: number } = {},
): ConfusedPair[] {
  const { pairs: most = 10, examples = 3 } = options;
  const support = new Map<string, number>();
  const pairs = new Map<string, { truth: string; said: string; rows: RowPrediction[] }>();
  for (const prediction of predictions) {
    const truth = truthOf(prediction);
    support.set(truth, (support.get(truth) ?? 0) + 1);
    if (prediction.right) continue;
    const key = JSON.stringify([truth, prediction.label]);
    const pair = pairs.get(key) ?? { truth, said: prediction.label, rows: [] };
    pair.rows.push(prediction);
    pairs.set(key, pair);
  }
  return [...pairs]
    .sort(([keyA, a], [keyB, b]) => b.rows.length - a.rows.length || (keyA < keyB ? -1 : 1))
    .slice(0, most)
    .map(([, { truth, said, rows }]) => ({
      truth,
      said,
      count: rows.length,
      share: rows.length / (support.get(truth) as number),
      examples: rows
        .sort(byConfidence)
        .slice(0, examples)
        .map((row) => mistakeOf(row, facts)),
    }));
}
