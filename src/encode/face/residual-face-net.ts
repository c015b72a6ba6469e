/**
 * A small residual network for faces (He et al. 2016, with squeeze-and-excitation of Hu et al. 2018): a 3×3 stem, then
 * stages that halve the side and widen the channels, then the mean over the picture.
 */
import type { Layer, Node } from "../../graph/graph.ts";
import { residual, sequential, squeezeExcitation } from "../../graph/layers/compose.ts";
import { conv2d } from "../../graph/layers/convolutional.ts";
import { linear } from "../../graph/layers/dense.ts";
import { batchNorm } from "../../graph/layers/normalizing.ts";
import { globalAveragePool, maxPool2d } from "../../graph/layers/pooling.ts";
import { dropout, relu } from "../../graph/ops/activation.ts";

export interface ResidualFaceNetOptions {
  /** Channels of the stem and of each stage. */
  readonly channels: readonly number[];
  /** Residual blocks per stage; 1 each by default. */
  readonly blocks?: readonly number[];
  readonly squeezeExcitation?: boolean;
  readonly dropout?: number;
}

function block(name: string, inputs: number, channels: number, excite: boolean): Layer {
  const inner = sequential(
    conv2d(`${name}.conv1`, channels, { kernel: 3, bias: false }),
    batchNorm(`${name}.norm1`),
    relu,
    conv2d(`${name}.conv2`, channels, { kernel: 3, bias: false }),
    batchNorm(`${name}.norm2`),
    ...(excite ? [squeezeExcitation(`${name}.se`)] : []),
  );
  const shortcut =
    inputs === channels
      ? undefined
      : sequential(conv2d(`${name}.shortcut`, channels, { kernel: 1, bias: false }), batchNorm(`${name}.shortcutNorm`));
  return sequential(residual(inner, shortcut), relu);
}

/** Pixels `[batch, channels, side, side]` → the embedding `[batch, last channels]` and logits `[batch, labels]`. */
export function residualFaceNet(
  pixels: Node,
  labels: number,
  options: ResidualFaceNetOptions,
): { embedding: Node; logits: Node } {
  const { channels, blocks = [], squeezeExcitation: excite = true, dropout: share = 0.3 } = options;
  const [stem = 32, ...stages] = channels;
  // Pooled before the rectifier: the same values, a quarter of the work.
  let x = sequential(
    conv2d("stem.conv", stem, { kernel: 3, bias: false }),
    batchNorm("stem.norm"),
    maxPool2d(2),
    relu,
  )(pixels);
  let inputs = stem;
  for (const [stage, width] of stages.entries()) {
    if (stage > 0) x = maxPool2d(2)(x);
    for (let index = 0; index < (blocks[stage] ?? 1); index++) {
      x = block(`stage${stage + 1}.block${index + 1}`, inputs, width, excite)(x);
      inputs = width;
    }
  }
  const embedding = globalAveragePool(x);
  return { embedding, logits: linear("head", labels)(dropout(embedding, share)) };
}
