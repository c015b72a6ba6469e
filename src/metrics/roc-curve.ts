/**
 * The ROC curve: how many of a class are found, against how many others are taken for it, as the threshold falls.
 *
 * Source: Fawcett (2006), "An introduction to ROC analysis"; points inside a straight stretch are left out (algorithm 2).
 */
import { thresholdSweep } from "./threshold-sweep.ts";

export interface RocPoint {
  /** Share of the other rows called positive, in [0, 1]. */
  readonly falsePositiveRate: number;
  /** Share of the positive rows called so (recall), in [0, 1]. */
  readonly truePositiveRate: number;
  /** Rows with at least this score are called positive; null at the start, where none is. */
  readonly threshold: number | null;
}

/**
 * @param scores of the rows; only their order matters
 * @param positive per row: 1 if it is of the class, otherwise 0
 * @returns from (0, 0) to (1, 1); null if all rows or none are of the class
 * @throws AffektError `shape` if the lengths differ or there are no rows
 */
export function rocCurve(scores: ArrayLike<number>, positive: ArrayLike<number>): RocPoint[] | null {
  const steps = thresholdSweep(scores, positive);
  const { hits: positives, falseAlarms: negatives } = steps[steps.length - 1] as (typeof steps)[number];
  if (positives === 0 || negatives === 0) return null;
  const corners = [{ threshold: null, hits: 0, falseAlarms: 0 }, ...steps].filter((step, place, all) => {
    const [before, after] = [all[place - 1], all[place + 1]];
    if (before === undefined || after === undefined) return true;
    // Whole numbers, so that the comparison of the two slopes is exact.
    const rise = (step.hits - before.hits) * (after.falseAlarms - step.falseAlarms);
    const run = (after.hits - step.hits) * (step.falseAlarms - before.falseAlarms);
    return rise !== run;
  });
  return corners.map(({ threshold, hits, falseAlarms }) => ({
    falsePositiveRate: falseAlarms / negatives,
    truePositiveRate: hits / positives,
    threshold,
  }));
}

/** Area under the curve by trapezoids: equal to the rank formula of roc-auc.ts, ties included. In [0, 1]. */
export function areaUnderRoc(points: readonly RocPoint[]): number {
  let area = 0;
  for (const [place, point] of points.entries()) {
    const before = points[place - 1];
    if (before === undefined) continue;
    const width = point.falsePositiveRate - before.falsePositiveRate;
    area += (width * (point.truePositiveRate + before.truePositiveRate)) / 2;
  }
  return area;
}
