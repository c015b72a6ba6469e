/**
 * Low-rank tensor fusion: the outer product of all modalities, each with a 1 appended so that products of fewer
 * modalities are in it as well, read by a weight tensor of low rank. Neither tensor is ever made:
 *
 *     vector = Σ_r c_r · Π_m (1 + W_m,r x_m + b_m,r)
 *
 * An absent modality's factor is 1, which leaves the products of those present.
 *
 * Source: Zadeh et al. (2017), tensor fusion; Liu et al. (2018), the low-rank form.
 */
import { filled, zeros } from "../graph/initialize.ts";
import { linear } from "../graph/layers/dense.ts";
import { dropout } from "../graph/ops/activation.ts";
import { add, mul, shift, sum } from "../graph/ops/arithmetic.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { type Fusion, vectorSlots } from "./fusion.ts";

export interface TensorFusionOptions {
  /** Of the vector. */
  readonly dim: number;
  /** Terms of the decomposition. Default 4. */
  readonly rank?: number;
  /** Default 0.1. */
  readonly dropout?: number;
}

export function tensorFusion({ dim, rank = 4, dropout: share = 0.1 }: TensorFusionOptions): Fusion {
  return (inputs) => {
    const { graph } = inputs.presence;
    const [batch = 0] = inputs.presence.shape;
    const factors = vectorSlots(inputs).map(({ modality, value, present }) =>
      shift(mul(linear(`${modality}.factor`, rank * dim)(dropout(value, share)), present), 1),
    );
    const product = factors.reduce((all, factor) => mul(all, factor));
    const terms = reshape(product, [batch, rank, dim]);
    const shares = graph.parameter("terms", [1, rank, 1], filled(1 / rank));
    const bias = graph.parameter("bias", [dim], zeros, { decay: false });
    return { vector: add(sum(mul(terms, shares), [1]), bias) };
  };
}
