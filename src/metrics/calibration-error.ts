/**
 * Expected calibration error: how far confidence and accuracy are apart.
 *
 * Source: Guo et al. (2017), "On Calibration of Modern Neural Networks"; 15 bins of equal width, `(low, high]`.
 */
import type { Random } from "../core/random.ts";

export const CALIBRATION_BINS = 15;

export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence of the rows in the bin; 0 if there are none. */
  readonly confidence: number;
  /** Share of the rows in the bin that are right; 0 if there are none. */
  readonly accuracy: number;
}

/**
 * The reliability diagram.
 *
 * @param confidences in [0, 1]
 * @param right per row: 1 if the prediction was right, otherwise 0
 * @param draw rows to count, with repetitions, as a bootstrap draws them
 */
export function reliability(
  confidences: ArrayLike<number>,
  right: ArrayLike<number | boolean>,
  bins = CALIBRATION_BINS,
  draw?: ArrayLike<number>,
): ReliabilityBin[] {
  const count = new Float64Array(bins);
  const confidence = new Float64Array(bins);
  const correct = new Float64Array(bins);
  const rows = draw?.length ?? confidences.length;
  for (let i = 0; i < rows; i++) {
    const row = draw === undefined ? i : (draw[i] as number);
    const value = confidences[row] as number;
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(value * bins) - 1));
    count[bin] = (count[bin] as number) + 1;
    confidence[bin] = (confidence[bin] as number) + value;
    correct[bin] = (correct[bin] as number) + Number(right[row]);
  }
  return Array.from(count, (held, bin) => ({
    low: bin / bins,
    high: (bin + 1) / bins,
    count: held,
    confidence: held === 0 ? 0 : (confidence[bin] as number) / held,
    accuracy: held === 0 ? 0 : (correct[bin] as number) / held,
  }));
}

/** Mean distance of accuracy and confidence over the bins, weighted by their rows; in [0, 1]. */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  let sum = 0;
  let rows = 0;
  for (const { count, accuracy, confidence } of bins) {
    sum += count * Math.abs(accuracy - confidence);
    rows += count;
  }
  return rows === 0 ? 0 : sum / rows;
}

/** Expected calibration error with 15 bins. */
export function ece(confidences: ArrayLike<number>, right: ArrayLike<number | boolean>): number {
  return expectedCalibrationError(reliability(confidences, right));
}

/**
 * The expected calibration error of so few rows if every confidence were true: with 240 rows it is .05 and more, and an
 * error near it is no sign of a wrong calibration.
 *
 * @param draws of which row is right, by its confidence; their errors are averaged
 */
export function chanceCalibrationError(confidences: ArrayLike<number>, random: Random, draws = 200): number {
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    const right = Array.from(confidences, (confidence) => random.next() < confidence);
    sum += ece(confidences, right);
  }
  return sum / draws;
}
