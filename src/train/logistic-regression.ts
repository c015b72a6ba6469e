/**
 * Logistic regression over sparse rows, with an L2 penalty: bags of words with more columns than rows.
 *
 * Source: coordinate descent in the dual of Yu, Huang & Lin (2011), "Dual coordinate descent methods for logistic
 * regression and maximum entropy models", Machine Learning 85: algorithm 5, as in LIBLINEAR.
 */
import type { Random } from "../core/random.ts";

/** Rows one behind the other: row i has the entries from `starts[i]` up to `starts[i + 1]`. */
export interface SparseRows {
  /** `[rows + 1]`. */
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
  /** Number of columns. */
  readonly width: number;
}

export interface LogisticOptions {
  /** C: minimized are ½ |w|² and C times the sum of the losses of the rows. */
  readonly cost: number;
  /** Factors of the cost of rows of the class, and of the others. Default 1 and 1. */
  readonly weights?: readonly [positive: number, negative: number];
  /** Ends when no row pulls harder. Default .01. */
  readonly tolerance?: number;
  /** Passes over the rows at most. Default 60. */
  readonly passes?: number;
  /** Order of the rows. */
  readonly random: Random;
}

export interface LogisticModel {
  /** `[width]`. */
  readonly weights: Float32Array;
  /** Penalized as the weights are. */
  readonly bias: number;
}

/** Newton steps within a row, and how fast one that overshoots draws back. */
const STEPS = 100;
const DRAW_BACK = 0.1;

/** `[rows]`: w · x + b of each. */
export function decisions(rows: SparseRows, { weights, bias }: LogisticModel): Float32Array {
  const { starts, columns, values } = rows;
  return Float32Array.from({ length: starts.length - 1 }, (_, row) => {
    let sum = bias;
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
      sum += (weights[columns[at] as number] as number) * (values[at] as number);
    }
    return sum;
  });
}

/** @param positive `[rows]`, 1 for rows of the class and 0 for others */
export function logisticRegression(
  rows: SparseRows,
  positive: ArrayLike<number>,
  { cost, weights: [ofClass, ofOthers] = [1, 1], tolerance = 0.01, passes = 60, random }: LogisticOptions,
): LogisticModel {
  const { starts, columns, values, width } = rows;
  const count = starts.length - 1;
  const weights = new Float64Array(width);
  let bias = 0;
  /** The dual variable of a row and what is left of its cost. */
  const alpha = new Float64Array(2 * count);
  const squares = new Float64Array(count);
  const costOf = (row: number): number => cost * (positive[row] ? ofClass : ofOthers);
  const product = (row: number): number => {
    let sum = bias;
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
      sum += (weights[columns[at] as number] as number) * (values[at] as number);
    }
    return sum;
  };
  const move = (row: number, by: number): void => {
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
      weights[columns[at] as number]! += by * (values[at] as number);
    }
    bias += by;
  };
  for (let row = 0; row < count; row++) {
    const most = costOf(row);
    const first = Math.min(0.001 * most, 1e-8);
    alpha[2 * row] = first;
    alpha[2 * row + 1] = most - first;
    squares[row] = 1;
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
      squares[row]! += (values[at] as number) ** 2;
    }
    move(row, positive[row] ? first : -first);
  }
  const order = Int32Array.from({ length: count }, (_, row) => row);
  let inner = 0.01;
  for (let pass = 0; pass < passes; pass++) {
    for (let at = count - 1; at > 0; at--) {
      const other = random.integer(at + 1);
      [order[at], order[other]] = [order[other] as number, order[at] as number];
    }
    let [strongest, newton] = [0, 0];
    for (const row of order) {
      const most = costOf(row);
      const label = positive[row] ? 1 : -1;
      const margin = label * product(row);
      const curve = squares[row] as number;
      // Of the two variables the one that moves from the nearer end of (0, most), where the logarithm is exact.
      const turned = 0.5 * curve * ((alpha[2 * row + 1] as number) - (alpha[2 * row] as number)) + margin < 0;
      const own = 2 * row + (turned ? 1 : 0);
      const sign = turned ? -1 : 1;
      const before = alpha[own] as number;
      let z = most - before < 0.5 * most ? 0.1 * before : before;
      const slope = (): number => curve * (z - before) + sign * margin + Math.log(z / (most - z));
      let gradient = slope();
      strongest = Math.max(strongest, Math.abs(gradient));
      let steps = 0;
      for (; steps < STEPS && Math.abs(gradient) >= inner; steps++) {
        const next = z - gradient / (curve + most / (most - z) / z);
        z = next <= 0 ? z * DRAW_BACK : next;
        gradient = slope();
        newton++;
      }
      if (steps === 0) continue;
      alpha[own] = z;
      alpha[own ^ 1] = most - z;
      move(row, sign * (z - before) * label);
    }
    if (strongest < tolerance) break;
    if (newton <= count / 10) inner = Math.max(1e-8, 0.1 * inner);
  }
  return { weights: Float32Array.from(weights), bias };
}
