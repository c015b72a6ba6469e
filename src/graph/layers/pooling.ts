/** Pooling layers: over rows and columns of an image, and over the steps of a sequence. */
import type { Layer, Node } from "../graph.ts";
import { relu, softmax, tanh } from "../ops/activation.ts";
import { add, div, mean, mul, scaleRaw, shift, sqrt, square, sub, subRaw, sum } from "../ops/arithmetic.ts";
import { outputSize, type Pair, pair } from "../ops/geometry.ts";
import { matmul } from "../ops/matmul.ts";
import { averagePool, maxPool, type PoolGeometry } from "../ops/pooling.ts";
import { concat, reshape, reshapeRaw, transpose } from "../ops/reshape.ts";
import { checkMask, checkRank, formatShape, shapeError } from "../shape.ts";
import { linear } from "./dense.ts";

/** Added to the score of a masked step; finite, so that a sequence without any step is not NaN. */
const MASKED = -1e9;
/**
 * Added to the value of a masked step: below every other value, but not so far that a sequence without any step drowns
 * what the next layer makes of it.
 */
const OUT_OF_SIGHT = -1e4;

export interface Pool2dOptions {
  readonly stride?: Pair;
  readonly padding?: Pair;
}

function geometry(kernel: Pair, options: Pool2dOptions): PoolGeometry {
  const [vertical, horizontal] = pair(options.padding ?? 0);
  return {
    kernel: pair(kernel),
    stride: pair(options.stride ?? kernel),
    pads: [vertical, horizontal, vertical, horizontal],
  };
}

function checkWindow(layer: string, x: Node, { kernel, stride, pads }: PoolGeometry): void {
  checkRank(layer, x.shape, 4, "[batch, channels, height, width]");
  const [, , height = 0, width = 0] = x.shape;
  const [rows, columns] = kernel;
  const [top, left, bottom, right] = pads;
  const windows = [
    outputSize(height, rows, stride[0], top + bottom),
    outputSize(width, columns, stride[1], left + right),
  ];
  if (windows.every((count) => count >= 1)) return;
  throw shapeError(layer, formatShape(x.shape), `at least ${rows} × ${columns} with its padding`);
}

/** `[N, C, H, W]` → `[N, C, H', W']`, the largest value of each window. */
export function maxPool2d(kernel: Pair, options: Pool2dOptions = {}): Layer {
  const windows = geometry(kernel, options);
  return (x) => {
    checkWindow("max pool", x, windows);
    return maxPool(x, windows);
  };
}

/** `[N, C, H, W]` → `[N, C, H', W']`, the mean of each window. */
export function averagePool2d(kernel: Pair, options: Pool2dOptions = {}): Layer {
  const windows = geometry(kernel, options);
  return (x) => {
    checkWindow("average pool", x, windows);
    return averagePool(x, windows);
  };
}

/** `[N, C, H, W]` → `[N, C]`. */
export function globalAveragePool(x: Node): Node {
  checkRank("global average pool", x.shape, 4, "[batch, channels, height, width]");
  return mean(x, [2, 3]);
}

/** Mean over steps, `[batch, steps, dim]` → `[batch, dim]`; with a mask `[batch, steps]`, over the steps where it is 1. */
export function meanOverSteps(x: Node, mask?: Node): Node {
  checkRank("mean over steps", x.shape, 3, "[batch, steps, dim]");
  if (!mask) return mean(x, [1]);
  checkMask("mean over steps", mask.shape, x.shape);
  const [batch = 0, steps = 0] = mask.shape;
  const wide = reshapeRaw(mask, [batch, steps, 1]);
  const { graph } = x;
  const count = graph.one("Max", [reshapeRaw(sum(mask, [1]), [batch, 1]), graph.scalar(1)], [batch, 1]);
  return div(sum(mul(x, wide), [1]), count);
}

/** Largest value over steps, `[batch, steps, dim]` → `[batch, dim]`; masked steps do not count. */
export function maxOverSteps(x: Node, mask?: Node): Node {
  checkRank("max over steps", x.shape, 3, "[batch, steps, dim]");
  const [batch = 0, steps = 0, dim = 0] = x.shape;
  let open = x;
  if (mask) {
    checkMask("max over steps", mask.shape, x.shape);
    const closed = scaleRaw(subRaw(x.graph.scalar(1), mask), OUT_OF_SIGHT);
    open = add(x, reshapeRaw(closed, [batch, steps, 1]));
  }
  const image = reshape(transpose(open, [0, 2, 1]), [batch, dim, 1, steps]);
  return reshape(maxPool(image, geometry([1, steps], {})), [batch, dim]);
}

export interface AttentionPoolOptions {
  readonly heads?: number;
  /** Units of the scoring network. Default 64. */
  readonly hidden?: number;
  /** Also return the standard deviation under the same weights (Okabe et al. 2018), doubling the width. */
  readonly deviation?: boolean;
}

/**
 * Self-attentive pooling (Lin et al. 2017): `[batch, steps, dim]` → `[batch, heads · dim]` (twice that with
 * `deviation`), weighted means whose weights a small network gives each step.
 */
export function attentionPool(name: string, options: AttentionPoolOptions = {}): (x: Node, mask?: Node) => Node {
  const { heads = 1, hidden = 64, deviation = false } = options;
  const inner = linear(`${name}.hidden`, hidden);
  const score = linear(`${name}.score`, heads);
  const layer = `attention pool ${name}`;
  return (x, mask) => {
    checkRank(layer, x.shape, 3, "[batch, steps, dim]");
    const [batch = 0, steps = 0, dim = 0] = x.shape;
    let scores = transpose(score(tanh(inner(x))), [0, 2, 1]);
    if (mask) {
      checkMask(layer, mask.shape, x.shape);
      const closed = scaleRaw(subRaw(x.graph.scalar(1), mask), MASKED);
      scores = add(scores, reshapeRaw(closed, [batch, 1, steps]));
    }
    const weights = softmax(scores);
    const means = matmul(weights, x);
    const flat = reshape(means, [batch, heads * dim]);
    if (!deviation) return flat;
    const variance = sub(matmul(weights, square(x)), square(means));
    const spread = reshape(sqrt(shift(relu(variance), 1e-4)), [batch, heads * dim]);
    return concat([flat, spread], 1);
  };
}
