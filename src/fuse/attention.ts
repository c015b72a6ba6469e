/**
 * Attention over modalities: each is mapped to a common space and scored by a small network that all share, and the
 * vector is their mean under the softmax of the scores. The weights of each sample are given out, so that an answer can
 * say what it rests on.
 *
 * Source: additive attention, Bahdanau et al. (2015); over modalities, Poria et al. (2017).
 */
import { linear } from "../graph/layers/dense.ts";
import { dropout, tanh } from "../graph/ops/activation.ts";
import { matmul } from "../graph/ops/matmul.ts";
import { concat, reshape } from "../graph/ops/reshape.ts";
import { type Fusion, vectorSlots } from "./fusion.ts";
import { presentSoftmax } from "./present-softmax.ts";

export interface AttentionFusionOptions {
  /** Of the vector. */
  readonly dim: number;
  /** Units of the scoring network. Default `dim`. */
  readonly hidden?: number;
  /** Default 0.1. */
  readonly dropout?: number;
}

export function attentionFusion({ dim, hidden = dim, dropout: share = 0.1 }: AttentionFusionOptions): Fusion {
  return (inputs) => {
    const [batch = 0, modalities = 0] = inputs.presence.shape;
    const states = vectorSlots(inputs).map(({ modality, value }) =>
      reshape(dropout(tanh(linear(`${modality}.project`, dim)(value)), share), [batch, 1, dim]),
    );
    const stacked = concat(states, 1);
    const scores = linear("score.output", 1, { bias: false })(tanh(linear("score.hidden", hidden)(stacked)));
    const weights = presentSoftmax(reshape(scores, [batch, modalities]), inputs.presence);
    const vector = reshape(matmul(reshape(weights, [batch, 1, modalities]), stacked), [batch, dim]);
    return { vector, weights };
  };
}
