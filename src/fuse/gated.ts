/**
 * Gated multimodal units: every modality proposes a state, and a gate computed from all of them decides, for each unit,
 * how much of it goes into the vector.
 *
 *     vector = Σ_m σ(V_m [x; presence]) ⊙ tanh(W_m x_m)
 *
 * Source: Arevalo et al. (2017), "Gated multimodal units for information fusion".
 */
import { linear } from "../graph/layers/dense.ts";
import { dropout, sigmoid, tanh } from "../graph/ops/activation.ts";
import { add, mul } from "../graph/ops/arithmetic.ts";
import { concat } from "../graph/ops/reshape.ts";
import { type Fusion, vectorSlots } from "./fusion.ts";

export interface GatedFusionOptions {
  /** Of the vector. */
  readonly dim: number;
  /** Default 0.1. */
  readonly dropout?: number;
}

export function gatedFusion({ dim, dropout: share = 0.1 }: GatedFusionOptions): Fusion {
  return (inputs) => {
    const slots = vectorSlots(inputs);
    const all = dropout(concat([...slots.map(({ value }) => value), inputs.presence], 1), share);
    const parts = slots.map(({ modality, value, present }) => {
      const state = tanh(linear(`${modality}.state`, dim)(value));
      const gate = sigmoid(linear(`${modality}.gate`, dim)(all));
      return mul(mul(gate, state), present);
    });
    return { vector: parts.reduce((sum, part) => add(sum, part)) };
  };
}
