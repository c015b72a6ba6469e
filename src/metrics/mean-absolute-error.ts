/** Mean absolute error (MAE): how far off a number is on average, in its own unit. */
import { checkLengths } from "./confusion.ts";

/** @throws AffektError `shape` if the lengths differ or there are no values */
export function meanAbsoluteError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkLengths(truth, predicted);
  let sum = 0;
  for (let i = 0; i < truth.length; i++) sum += Math.abs((truth[i] as number) - (predicted[i] as number));
  return sum / truth.length;
}
