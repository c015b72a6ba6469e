/**
 * The precision-recall curve: tells more than ROC where a class is rare, because rows of others do not dilute it.
 *
 * Source: Davis & Goadrich (2006). Average precision sums the steps and does not interpolate, which would flatter.
 */
import { thresholdSweep } from "./threshold-sweep.ts";

export interface PrecisionRecallPoint {
  /** Found among those that are so, in (0, 1]. */
  readonly recall: number;
  /** Right among those called so, in [0, 1]. */
  readonly precision: number;
  /** Rows with at least this score are called positive. */
  readonly threshold: number;
}

/**
 * @param scores of the rows; only their order matters
 * @param positive per row: 1 if it is of the class, otherwise 0
 * @returns one point per distinct score, recall rising to 1; null if no row is of the class
 * @throws AffektError `shape` if the lengths differ or there are no rows
 */
export function precisionRecall(scores: ArrayLike<number>, positive: ArrayLike<number>): PrecisionRecallPoint[] | null {
  const steps = thresholdSweep(scores, positive);
  const positives = steps.at(-1)?.hits ?? 0;
  if (positives === 0) return null;
  const points: PrecisionRecallPoint[] = [];
  for (const { threshold, hits, falseAlarms } of steps) {
    points.push({ recall: hits / positives, precision: hits / (hits + falseAlarms), threshold });
    // Beyond full recall precision only falls.
    if (hits === positives) break;
  }
  return points;
}

/** Each precision weighted by the recall it adds; in [0, 1], the share of the class for chance. */
export function averagePrecision(points: readonly PrecisionRecallPoint[]): number {
  let sum = 0;
  let before = 0;
  for (const { precision, recall } of points) {
    sum += precision * (recall - before);
    before = recall;
  }
  return sum;
}
