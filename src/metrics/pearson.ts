/** Pearson's correlation coefficient: agreement in trend, whatever the level and the spread. */
import { checkLengths } from "./confusion.ts";

/**
 * @returns in [-1, 1]; null if either series is constant
 * @throws AffektError `shape` if the lengths differ or there are no values
 */
export function pearson(truth: ArrayLike<number>, predicted: ArrayLike<number>): number | null {
  checkLengths(truth, predicted);
  const n = truth.length;
  let meanTruth = 0;
  let meanPredicted = 0;
  for (let i = 0; i < n; i++) {
    meanTruth += (truth[i] as number) / n;
    meanPredicted += (predicted[i] as number) / n;
  }
  let [varianceTruth, variancePredicted, covariance] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const a = (truth[i] as number) - meanTruth;
    const b = (predicted[i] as number) - meanPredicted;
    varianceTruth += a * a;
    variancePredicted += b * b;
    covariance += a * b;
  }
  const spread = Math.sqrt(varianceTruth * variancePredicted);
  return spread === 0 ? null : Math.min(1, Math.max(-1, covariance / spread));
}
