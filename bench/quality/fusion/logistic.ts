/** Multinomial logistic regression with an L2 penalty: the baseline that every fusion has to beat. */

export interface Logistic {
  /** `[rows, dim]` → logits `[rows, classes]`. */
  readonly logits: (features: Float64Array) => Float32Array;
}

export interface LogisticOptions {
  readonly dim: number;
  readonly classes: number;
  /** Penalty l2 / 2 · w² beside the mean loss of a row. */
  readonly l2: number;
  /** Default 150. */
  readonly iterations?: number;
}

/** Largest eigenvalue of XᵀX / rows, by power iteration. */
function curvature(features: Float64Array, rows: number, dim: number): number {
  let vector = new Float64Array(dim).fill(1 / Math.sqrt(dim));
  let norm = 1;
  for (let round = 0; round < 20; round++) {
    const next = new Float64Array(dim);
    for (let row = 0; row < rows; row++) {
      const x = features.subarray(row * dim, (row + 1) * dim);
      let product = 0;
      for (let at = 0; at < dim; at++) product += (x[at] as number) * (vector[at] as number);
      for (let at = 0; at < dim; at++) next[at]! += product * (x[at] as number);
    }
    norm = Math.hypot(...next);
    vector = next.map((value) => value / norm);
  }
  return norm / rows;
}

/**
 * Accelerated gradient descent (Nesterov 1983), whose step follows from the data: nothing is random.
 *
 * @param features `[rows, dim]`, standardized
 */
export function logisticRegression(features: Float64Array, truth: Int32Array, options: LogisticOptions): Logistic {
  const { dim, classes, l2, iterations = 150 } = options;
  const rows = truth.length;
  const width = dim + 1;
  const forward = (x: Float64Array, weights: Float64Array): Float64Array => {
    const count = x.length / dim;
    const out = new Float64Array(count * classes);
    for (let row = 0; row < count; row++) {
      for (let label = 0; label < classes; label++)
        out[row * classes + label] = weights[dim * classes + label] as number;
      for (let at = 0; at < dim; at++) {
        const value = x[row * dim + at] as number;
        for (let label = 0; label < classes; label++) {
          out[row * classes + label]! += value * (weights[at * classes + label] as number);
        }
      }
    }
    return out;
  };
  const rate = 1 / ((curvature(features, rows, dim) + 1) / 2 + l2);
  let weights = new Float64Array(width * classes);
  let ahead = weights.slice();
  let pace = 1;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const errors = forward(features, ahead);
    for (let row = 0; row < rows; row++) {
      const own = errors.subarray(row * classes, (row + 1) * classes);
      const top = Math.max(...own);
      let sum = 0;
      for (let label = 0; label < classes; label++) sum += own[label] = Math.exp((own[label] as number) - top);
      for (let label = 0; label < classes; label++) {
        own[label] = ((own[label] as number) / sum - (label === truth[row] ? 1 : 0)) / rows;
      }
    }
    const gradient = new Float64Array(width * classes);
    for (let row = 0; row < rows; row++) {
      for (let at = 0; at <= dim; at++) {
        const value = at === dim ? 1 : (features[row * dim + at] as number);
        for (let label = 0; label < classes; label++) {
          gradient[at * classes + label]! += value * (errors[row * classes + label] as number);
        }
      }
    }
    const next = ahead.map((weight, at) => {
      const penalty = at < dim * classes ? l2 * weight : 0;
      return weight - rate * ((gradient[at] as number) + penalty);
    });
    const faster = (1 + Math.sqrt(1 + 4 * pace * pace)) / 2;
    const before = weights;
    ahead = next.map((weight, at) => weight + ((pace - 1) / faster) * (weight - (before[at] as number)));
    weights = next;
    pace = faster;
  }
  return { logits: (x) => Float32Array.from(forward(x, weights)) };
}
