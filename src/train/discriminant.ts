/**
 * Linear discriminant analysis: classes as normal distributions of one common covariance, fitted in closed form. With few
 * rows for many numbers it needs far fewer of them than a softmax that is trained by its gradient.
 *
 * Source: Fisher (1936); Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, 4.3; shrinkage of
 * the covariance: Friedman (1989), Regularized Discriminant Analysis, here towards its diagonal.
 */
import { AffektError } from "../core/errors.ts";

export interface DiscriminantOptions {
  /** Classes that `labels` count. */
  readonly classes: number;
  /** In [0, 1]: covariances of different numbers are multiplied by 1 − shrinkage. */
  readonly shrinkage: number;
  /** Of each row; 1 by default. */
  readonly weights?: ArrayLike<number>;
}

/** log p(class | x) = x · weight + bias, up to a constant. */
export interface Discriminant {
  /** `[width, classes]`. */
  readonly weight: Float32Array;
  /** `[classes]`. */
  readonly bias: Float32Array;
}

/** Keeps numbers that never move from making the covariance singular. */
const LEAST_VARIANCE = 1e-9;

/** Lower triangle L with L · Lᵀ = matrix, in place. */
function cholesky(matrix: Float64Array, size: number): void {
  for (let column = 0; column < size; column++) {
    for (let row = column; row < size; row++) {
      let sum = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= matrix[row * size + k]! * matrix[column * size + k]!;
      matrix[row * size + column] =
        row === column ? Math.sqrt(Math.max(sum, LEAST_VARIANCE)) : sum / matrix[column * size + column]!;
    }
  }
}

/** x with L · Lᵀ · x = right. */
function solve(lower: Float64Array, size: number, right: Float64Array): Float64Array {
  const x = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) x[row]! -= lower[row * size + k]! * x[k]!;
    x[row]! /= lower[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) x[row]! -= lower[k * size + row]! * x[k]!;
    x[row]! /= lower[row * size + row]!;
  }
  return x;
}

/**
 * @param rows `[rows, width]`
 * @param labels class of each row
 * @throws AffektError `data` if a class has no row
 */
export function linearDiscriminant(
  rows: Float32Array,
  labels: ArrayLike<number>,
  { classes, shrinkage, weights }: DiscriminantOptions,
): Discriminant {
  const count = labels.length;
  const width = rows.length / count;
  const means = Array.from({ length: classes }, () => new Float64Array(width));
  const masses = new Float64Array(classes);
  for (let row = 0; row < count; row++) {
    const weight = weights?.[row] ?? 1;
    const mean = means[labels[row]!]!;
    masses[labels[row]!]! += weight;
    for (let at = 0; at < width; at++) mean[at]! += weight * rows[row * width + at]!;
  }
  for (const [label, mass] of masses.entries()) {
    if (mass > 0) for (let at = 0; at < width; at++) means[label]![at]! /= mass;
    else throw new AffektError("data", `Class ${label} has no row.`, "Add rows, or leave the class out.");
  }
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    const share = (weights?.[row] ?? 1) / total;
    const mean = means[labels[row]!]!;
    for (let at = 0; at < width; at++) centred[at] = rows[row * width + at]! - mean[at]!;
    for (let a = 0; a < width; a++) {
      const own = share * centred[a]!;
      for (let b = 0; b <= a; b++) covariance[a * width + b]! += own * centred[b]!;
    }
  }
  for (let a = 0; a < width; a++) {
    for (let b = 0; b < a; b++) covariance[a * width + b]! *= 1 - shrinkage;
    covariance[a * width + a]! += LEAST_VARIANCE;
  }
  cholesky(covariance, width);
  const weight = new Float32Array(width * classes);
  const bias = new Float32Array(classes);
  for (const [label, mean] of means.entries()) {
    const direction = solve(covariance, width, mean);
    let distance = 0;
    for (let at = 0; at < width; at++) {
      weight[at * classes + label] = direction[at]!;
      distance += direction[at]! * mean[at]!;
    }
    bias[label] = Math.log(masses[label]! / total) - distance / 2;
  }
  return { weight, bias };
}
