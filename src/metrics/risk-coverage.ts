/**
 * The risk-coverage curve: what share of answers is wrong if only the most confident share of rows is answered.
 *
 * Source: El-Yaniv & Wiener (2010); area AURC of Geifman, Uziel & El-Yaniv (2019).
 */
import { checkLengths } from "./confusion.ts";

export interface RiskCoveragePoint {
  /** Share of rows answered, in (0, 1]. */
  readonly coverage: number;
  /** Share of the answered rows that are wrong, in [0, 1]. */
  readonly risk: number;
  /** The lowest confidence answered. */
  readonly threshold: number;
}

/**
 * @param confidences in [0, 1]
 * @param right per row: 1 if the prediction was right, otherwise 0
 * @returns one point per distinct confidence, coverage rising to 1
 * @throws AffektError `shape` if the lengths differ or there are no rows
 */
export function riskCoverage(confidences: ArrayLike<number>, right: ArrayLike<number>): RiskCoveragePoint[] {
  checkLengths(confidences, right);
  const rows = confidences.length;
  const order = Int32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => (confidences[b] as number) - (confidences[a] as number),
  );
  const points: RiskCoveragePoint[] = [];
  let wrong = 0;
  for (let place = 0; place < rows; place++) {
    const row = order[place] as number;
    wrong += 1 - Number(right[row]);
    const threshold = confidences[row] as number;
    // Rows that tie are answered together.
    if (place + 1 < rows && confidences[order[place + 1] as number] === threshold) continue;
    points.push({ coverage: (place + 1) / rows, risk: wrong / (place + 1), threshold });
  }
  return points;
}

/** Area under the curve, each risk weighted by the coverage it adds; lower is better. */
export function areaUnderRiskCoverage(points: readonly RiskCoveragePoint[]): number {
  let area = 0;
  let before = 0;
  for (const { coverage, risk } of points) {
    area += risk * (coverage - before);
    before = coverage;
  }
  return area;
}

/** At most `most` points, evenly spread, the last one kept: for reports. */
export function thinned(points: readonly RiskCoveragePoint[], most = 50): RiskCoveragePoint[] {
  if (points.length <= most) return [...points];
  return Array.from(
    { length: most },
    (_, i) => points[Math.round(((i + 1) * points.length) / most) - 1] as RiskCoveragePoint,
  );
}
