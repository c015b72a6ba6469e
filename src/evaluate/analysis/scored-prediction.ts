/** What analyses read of an evaluation: what was said about each row, with the score of every label where it was kept. */
import type { Evaluation, RowPrediction } from "../evaluate.ts";

export interface ScoredPrediction extends RowPrediction {
  /** By label, in [0, 1]. Curves need them; everything else does without. */
  readonly scores?: Readonly<Record<string, number>>;
}

export interface ScoredEvaluation extends Evaluation {
  readonly predictions: readonly ScoredPrediction[];
}

/** The label of a row as one word: several labels are joined by `+`, in order of name. */
export function truthOf({ truth }: Pick<RowPrediction, "truth">): string {
  return truth.length === 1 ? (truth[0] as string) : [...truth].sort().join("+");
}
