/**
 * A small residual network over log-mel features with attentive pooling over time: squeeze-and-excitation blocks halve
 * time and frequency, a linear layer reads each step's bands, and attention heads weigh the steps (Okabe et al. 2018).
 */
import type { Layer, Node } from "../../graph/graph.ts";
import { residual, sequential, squeezeExcitation } from "../../graph/layers/compose.ts";
import { conv2d } from "../../graph/layers/convolutional.ts";
import { linear } from "../../graph/layers/dense.ts";
import { batchNorm } from "../../graph/layers/normalizing.ts";
import { attentionPool } from "../../graph/layers/pooling.ts";
import { dropout, relu } from "../../graph/ops/activation.ts";
import { reshape, transpose } from "../../graph/ops/reshape.ts";
import type { Encoded } from "../encoded.ts";

export interface ResidualAttentionOptions {
  /** Channels of each stage; all but the first halve time and frequency. Default 16, 32 and 64. */
  readonly channels?: readonly number[];
  /** Width of a step before pooling. */
  readonly width?: number;
  readonly heads?: number;
  readonly dropout?: number;
}

function block(name: string, inputs: number, channels: number, stride: number): Layer {
  const inner = sequential(
    conv2d(`${name}.conv1`, channels, { kernel: 3, stride, bias: false }),
    batchNorm(`${name}.norm1`),
    relu,
    conv2d(`${name}.conv2`, channels, { kernel: 3, bias: false }),
    batchNorm(`${name}.norm2`),
    squeezeExcitation(`${name}.se`),
  );
  const shortcut =
    inputs === channels && stride === 1
      ? undefined
      : sequential(
          conv2d(`${name}.shortcut`, channels, { kernel: 1, stride, bias: false }),
          batchNorm(`${name}.shortcutNorm`),
        );
  return sequential(residual(inner, shortcut), relu);
}

/** Features `[batch, 1, bands, steps]` → the embedding `[batch, 2 · heads · width]` and logits `[batch, labels]`. */
export function residualAttentionNet(features: Node, labels: number, options: ResidualAttentionOptions = {}): Encoded {
  const { channels = [16, 32, 64], width = 96, heads = 4, dropout: share = 0.3 } = options;
  const [first = 16] = channels;
  let x = sequential(
    conv2d("stem.conv", first, { kernel: 5, stride: 2, bias: false }),
    batchNorm("stem.norm"),
    relu,
  )(features);
  let inputs = first;
  for (const [stage, wide] of channels.entries()) {
    x = block(`stage${stage + 1}`, inputs, wide, stage === 0 ? 1 : 2)(x);
    inputs = wide;
  }
  const [batch = 0, maps = 0, bands = 0, steps = 0] = x.shape;
  const perStep = reshape(transpose(x, [0, 3, 1, 2]), [batch, steps, maps * bands]);
  const states = relu(linear("steps", width)(dropout(perStep, share)));
  const embedding = attentionPool("pool", { heads, deviation: true })(states);
  return { embedding, sequence: states, logits: linear("head", labels)(dropout(embedding, share)) };
}
