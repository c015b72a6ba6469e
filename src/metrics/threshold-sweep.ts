/** What a falling threshold calls positive, counted place by place: the one pass behind ROC and precision-recall. */
import { checkLengths } from "./confusion.ts";

export interface SweepStep {
  /** Rows with at least this score are called positive. */
  readonly threshold: number;
  /** Positives among the rows called so. */
  readonly hits: number;
  /** Others among them. */
  readonly falseAlarms: number;
}

/**
 * @param scores of the rows; only their order matters
 * @param positive per row: 1 if it is of the class, otherwise 0
 * @returns one step per distinct score, highest first: rows that tie are called together
 * @throws AffektError `shape` if the lengths differ or there are no rows
 */
export function thresholdSweep(scores: ArrayLike<number>, positive: ArrayLike<number>): SweepStep[] {
  checkLengths(scores, positive);
  const order = Int32Array.from({ length: scores.length }, (_, row) => row).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number),
  );
  const steps: SweepStep[] = [];
  let hits = 0;
  let falseAlarms = 0;
  for (const [place, row] of order.entries()) {
    if (positive[row] === 0) falseAlarms++;
    else hits++;
    const threshold = scores[row] as number;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === threshold) continue;
    steps.push({ threshold, hits, falseAlarms });
  }
  return steps;
}
