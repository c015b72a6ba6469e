/**
 * McNemar's exact test: are two classifiers, tried on the same rows, equally often right?
 *
 * Source: McNemar (1947); the exact form compares the discordant rows with a fair coin (Dietterich 1998).
 */
import { checkLengths } from "./confusion.ts";

export interface McNemar {
  /** Rows that only the first got right. */
  readonly onlyFirst: number;
  /** Rows that only the second got right. */
  readonly onlySecond: number;
  /** Two-sided; small if they differ by more than chance. 1 if they never disagree. */
  readonly pValue: number;
}

/**
 * @param first per row: 1 if the first classifier was right, otherwise 0
 * @param second the same of the second, on the same rows
 * @throws AffektError `shape` if the lengths differ or there are no rows
 */
export function mcnemar(first: ArrayLike<number | boolean>, second: ArrayLike<number | boolean>): McNemar {
  const a = Array.from(first, Number);
  const b = Array.from(second, Number);
  checkLengths(a, b);
  let onlyFirst = 0;
  let onlySecond = 0;
  for (const [row, right] of a.entries()) {
    if (right === 1 && b[row] === 0) onlyFirst++;
    else if (right === 0 && b[row] === 1) onlySecond++;
  }
  const trials = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // Sum of binomial(trials, k) / 2^trials up to `fewer`, in logarithms because 2^trials overflows.
  let logTerm = -trials * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log(trials - k) - Math.log(k + 1);
  }
  return { onlyFirst, onlySecond, pValue: Math.min(1, 2 * tail) };
}
