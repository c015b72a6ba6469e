/**
 * The interval of a share that was counted, which holds for few rows and for shares near 0 and 1 too.
 *
 * Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference".
 */
import type { Interval } from "./bootstrap.ts";

/** Of the standard normal, two-sided 95 %. */
const Z = 1.959963984540054;

/**
 * @param count of the rows that have the property, in [0, rows]
 * @param rows at least 1
 * @returns 95 %, in [0, 1]
 */
export function wilson(count: number, rows: number): Interval {
  const share = count / rows;
  const square = (Z * Z) / rows;
  const middle = (share + square / 2) / (1 + square);
  const half = (Z * Math.sqrt((share * (1 - share)) / rows + square / (4 * rows))) / (1 + square);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
