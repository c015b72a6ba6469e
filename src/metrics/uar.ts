/**
 * Unweighted average recall (UAR, also UA): the mean recall of the classes that occur, so that a rare class counts as
 * much as a common one. Source: Schuller et al. (2009), the INTERSPEECH 2009 Emotion Challenge.
 */
import { type Confusion, confusionMatrix } from "./confusion.ts";

/** In [0, 1]. */
export function uarOf({ classes, counts }: Confusion): number {
  let sum = 0;
  let present = 0;
  for (let was = 0; was < classes; was++) {
    let support = 0;
    for (let said = 0; said < classes; said++) support += counts[was * classes + said] as number;
    if (support === 0) continue;
    sum += (counts[was * classes + was] as number) / support;
    present++;
  }
  return sum / present;
}

/** @throws AffektError `shape` if the lengths differ or there are no rows */
export function uar(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return uarOf(confusionMatrix(truth, predicted));
}
