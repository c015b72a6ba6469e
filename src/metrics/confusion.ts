/** The confusion matrix, from which accuracy, recall, precision and F1 are read. */
import { AffektError } from "../core/errors.ts";

export interface Confusion {
  readonly classes: number;
  /** `[truth, predicted]`, row-major: how many rows of the one were taken for the other. */
  readonly counts: Float64Array;
}

export function checkLengths(truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
  if (truth.length !== predicted.length || truth.length === 0) {
    throw new AffektError(
      "shape",
      `A metric needs as many predictions as truths, and at least one; received ${predicted.length} and ${truth.length}.`,
      "Pass one prediction per row.",
    );
  }
}

/**
 * @param truth class index per row, in [0, classes)
 * @param predicted class index per row, in [0, classes)
 * @param classes default: the highest index + 1
 * @param draw rows to count, with repetitions, as a bootstrap draws them; default: each row once
 * @throws AffektError `shape` if the lengths differ, there are no rows or an index is out of range
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes = highest(truth, predicted) + 1,
  draw?: ArrayLike<number>,
): Confusion {
  checkLengths(truth, predicted);
  const counts = new Float64Array(classes * classes);
  const rows = draw?.length ?? truth.length;
  for (let i = 0; i < rows; i++) {
    const row = draw === undefined ? i : (draw[i] as number);
    const was = truth[row] as number;
    const said = predicted[row] as number;
    if (!(was >= 0 && was < classes && said >= 0 && said < classes)) {
      throw new AffektError(
        "shape",
        `Row ${row} has truth ${was} and prediction ${said}; expected indices from 0 to ${classes - 1}.`,
        "Pass class indices, and the number of classes if some do not occur.",
      );
    }
    counts[was * classes + said] = (counts[was * classes + said] as number) + 1;
  }
  return { classes, counts };
}

function highest(...lists: readonly ArrayLike<number>[]): number {
  let most = 0;
  for (const list of lists) for (let i = 0; i < list.length; i++) most = Math.max(most, list[i] as number);
  return most;
}

/** As nested arrays, for JSON. */
export function confusionRows(confusion: Confusion): number[][] {
  const { classes, counts } = confusion;
  return Array.from({ length: classes }, (_, row) => [...counts.subarray(row * classes, (row + 1) * classes)]);
}
