/**
 * VGG16: thirteen 3×3 convolutions in five stages, each closed by a 2×2 maximum, and two hidden layers of 4,096 units.
 * With `width` 1 and 224×224 RGB this is configuration D of the paper, weight by weight.
 *
 * Source: Simonyan & Zisserman (2015), "Very deep convolutional networks for large-scale image recognition".
 */

import { AffektError } from "../../core/errors.ts";
import type { Node } from "../../graph/graph.ts";
import { he, type Initializer, values, xavier, zeros } from "../../graph/initialize.ts";
import { conv2d } from "../../graph/layers/convolutional.ts";
import { linear } from "../../graph/layers/dense.ts";
import { batchNorm } from "../../graph/layers/normalizing.ts";
import { maxPool2d } from "../../graph/layers/pooling.ts";
import { dropout, relu } from "../../graph/ops/activation.ts";
import { flatten, reshape, transpose } from "../../graph/ops/reshape.ts";
import { formatShape, shapeError, sizeOf } from "../../graph/shape.ts";
import type { Encoded } from "../encoded.ts";

/** Channels of each convolution, stage by stage. */
export const VGG16_STAGES: readonly (readonly number[])[] = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
];

export interface Vgg16Options {
  /** Factor of all channels. Default 1. */
  readonly width?: number;
  /** Units of the two hidden layers. Default 4096. */
  readonly hidden?: number;
  /** Batch normalization after each convolution, which the paper did not have yet. Default false. */
  readonly batchNorm?: boolean;
  readonly dropout?: number;
  /**
   * Initial weights by name: `conv1_1.weight` `[out, in, 3, 3]` and `conv1_1.bias` to `conv5_3`, `fc6.weight`
   * `[in, out]`, `fc6.bias`, `fc7`. What is not in the map is drawn at random.
   */
  readonly weights?: ReadonlyMap<string, Float32Array>;
}

/** Starts from the given array if there is one, and from `otherwise` if not. */
function from(weights: Vgg16Options["weights"], name: string, otherwise: Initializer): Initializer {
  const given = weights?.get(name);
  if (given === undefined) return otherwise;
  return (data, shape, random) => {
    if (given.length !== data.length) {
      throw new AffektError(
        "checkpoint",
        `The initial weights hold ${given.length} values for ${name}; expected ${formatShape(shape)}.`,
        "Use weights of VGG16 with the same width, hidden units, channels and side of the picture.",
      );
    }
    values(given)(data, shape, random);
  };
}

/**
 * @param pixels `[batch, channels, side, side]`, side at least 32
 * @returns as embedding the second hidden layer (fc7), and as sequence the last feature map, place by place
 */
export function vgg16(pixels: Node, labels: number, options: Vgg16Options = {}): Encoded {
  const { width = 1, hidden = 4096, batchNorm: normalize = false, dropout: share = 0.5, weights } = options;
  const [batch = 0, , height = 0, side = 0] = pixels.shape;
  if (height < 32 || side < 32) throw shapeError("VGG16", formatShape(pixels.shape), "at least 32 × 32 pixels");
  let x = pixels;
  for (const [stage, channels] of VGG16_STAGES.entries()) {
    for (const [index, count] of channels.entries()) {
      const name = `conv${stage + 1}_${index + 1}`;
      const wide = Math.max(1, Math.round(count * width));
      x = conv2d(name, wide, {
        kernel: 3,
        initialize: from(weights, `${name}.weight`, he),
        initializeBias: from(weights, `${name}.bias`, zeros),
      })(x);
      if (normalize) x = batchNorm(`norm${stage + 1}_${index + 1}`)(x);
      x = relu(x);
    }
    x = maxPool2d(2)(x);
  }
  const [, channels = 0] = x.shape;
  const places = sizeOf(x.shape.slice(2));
  const sequence = transpose(reshape(x, [batch, channels, places]), [0, 2, 1]);
  let embedding = flatten(x);
  for (const name of ["fc6", "fc7"]) {
    if (name === "fc7") embedding = dropout(embedding, share);
    embedding = relu(
      linear(name, hidden, {
        initialize: from(weights, `${name}.weight`, xavier),
        initializeBias: from(weights, `${name}.bias`, zeros),
      })(embedding),
    );
  }
  return { embedding, sequence, logits: linear("fc8", labels)(dropout(embedding, share)) };
}
