/**
 * Concordance correlation coefficient: agreement of two continuous ratings in value, not only in trend.
 *
 * Source: Lin (1989), "A concordance correlation coefficient to evaluate reproducibility"; population moments.
 */
import { checkLengths } from "./confusion.ts";

/**
 * @returns in [-1, 1]; 1 for equal series, 0 if either is constant (and they are not equal)
 * @throws AffektError `shape` if the lengths differ or there are no values
 */
export function ccc(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkLengths(truth, predicted);
  const n = truth.length;
  let meanTruth = 0;
  let meanPredicted = 0;
  for (let i = 0; i < n; i++) {
    meanTruth += (truth[i] as number) / n;
    meanPredicted += (predicted[i] as number) / n;
  }
  let varianceTruth = 0;
  let variancePredicted = 0;
  let covariance = 0;
  for (let i = 0; i < n; i++) {
    const a = (truth[i] as number) - meanTruth;
    const b = (predicted[i] as number) - meanPredicted;
    varianceTruth += (a * a) / n;
    variancePredicted += (b * b) / n;
    covariance += (a * b) / n;
  }
  const spread = varianceTruth + variancePredicted + (meanTruth - meanPredicted) ** 2;
  return spread === 0 ? 1 : (2 * covariance) / spread;
}
