/** Stages of a convolution network over a spectrogram. */
import type { Node } from "../../graph/graph.ts";
import { conv2d } from "../../graph/layers/convolutional.ts";
import { batchNorm } from "../../graph/layers/normalizing.ts";
import { maxPool2d } from "../../graph/layers/pooling.ts";
import { relu } from "../../graph/ops/activation.ts";
import { reshape, transpose } from "../../graph/ops/reshape.ts";

/**
 * A 3×3 convolution, batch norm, rectifier and maximum per stage.
 *
 * @param features `[batch, 1, bands, steps]`
 * @param pool bands and steps of which the maximum is taken after each stage
 */
export function convBlocks(features: Node, channels: readonly number[], pool: readonly [number, number]): Node {
  let x = features;
  for (const [stage, count] of channels.entries()) {
    const name = `stage${stage + 1}`;
    x = batchNorm(`${name}.norm`)(conv2d(`${name}.conv`, count, { kernel: 3, bias: false })(x));
    // Pooled before the rectifier: the same values, less work.
    x = relu(maxPool2d(pool)(x));
  }
  return x;
}

/** `[batch, channels, bands, steps]` → `[batch, steps, channels · bands]`. */
export function perStep(x: Node): Node {
  const [batch = 0, channels = 0, bands = 0, steps = 0] = x.shape;
  return reshape(transpose(x, [0, 3, 1, 2]), [batch, steps, channels * bands]);
}
