/** Accuracy: the share of rows that are right. Also called WAR (weighted average recall). */
import { type Confusion, confusionMatrix } from "./confusion.ts";

/** In [0, 1]. */
export function accuracyOf({ classes, counts }: Confusion): number {
  let right = 0;
  let all = 0;
  for (let was = 0; was < classes; was++) {
    right += counts[was * classes + was] as number;
    for (let said = 0; said < classes; said++) all += counts[was * classes + said] as number;
  }
  return right / all;
}

/** @throws AffektError `shape` if the lengths differ or there are no rows */
export function accuracy(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return accuracyOf(confusionMatrix(truth, predicted));
}
