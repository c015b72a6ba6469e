/**
 * Convolutions and a transformer: two strided convolutions make one step of four, a transformer encoder relates the
 * steps, and attention pools them.
 *
 * Source: Dong et al. (2018), "Speech-transformer", for the front end; Vaswani et al. (2017), normalized first.
 */
import type { Node } from "../../graph/graph.ts";
import { positions, transformerLayer } from "../../graph/layers/attention.ts";
import { conv2d } from "../../graph/layers/convolutional.ts";
import { linear } from "../../graph/layers/dense.ts";
import { batchNorm, layerNorm } from "../../graph/layers/normalizing.ts";
import { attentionPool } from "../../graph/layers/pooling.ts";
import { dropout, relu } from "../../graph/ops/activation.ts";
import type { Encoded } from "../encoded.ts";
import { perStep } from "./conv-blocks.ts";

export interface ConvTransformerOptions {
  /** Channels of the convolutions. Default 32. */
  readonly channels?: number;
  /** Of a step and of the embedding; a multiple of `heads`. Default 128. */
  readonly dim?: number;
  readonly layers?: number;
  readonly heads?: number;
  readonly dropout?: number;
}

/** @param features `[batch, 1, bands, steps]`; the number of steps is fixed by the positions learned */
export function convTransformer(features: Node, labels: number, options: ConvTransformerOptions = {}): Encoded {
  const { channels = 32, dim = 128, layers = 2, heads = 4, dropout: share = 0.2 } = options;
  let x = features;
  for (const index of [1, 2]) {
    const strided = conv2d(`conv${index}`, channels, { kernel: 3, stride: 2, bias: false })(x);
    x = relu(batchNorm(`norm${index}`)(strided));
  }
  const projected = linear("steps", dim)(perStep(x));
  let states = dropout(positions("steps", projected.shape[1] as number, dim)(projected), share);
  for (let layer = 1; layer <= layers; layer++) {
    const settings = { heads, dropout: share, normFirst: true, activation: "gelu" } as const;
    states = transformerLayer(`layer${layer}`, dim, settings)(states);
  }
  const sequence = layerNorm("norm")(states);
  const embedding = attentionPool("pool", { hidden: dim })(sequence);
  return { embedding, sequence, logits: linear("head", labels)(dropout(embedding, share)) };
}
