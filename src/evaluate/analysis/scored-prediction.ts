/** What analyses read of an evaluation: what was said about each row, with the score of every label where it was kept. */
import type { Evaluation, RowPrediction } from "../evaluate.ts";

/** The scores of a row's labels may be missing; curves need them, everything else does without. */
export type ScoredPrediction = RowPrediction;
export type ScoredEvaluation = Evaluation;

/** The label of a row as one word: several labels are joined by `+`, in order of name. */
export function truthOf({ truth }: Pick<RowPrediction, "truth">): string {
  return truth.length === 1 ? (truth[0] as string) : [...truth].sort().join("+");
}
