/**
 * Concatenation and a multilayer perceptron: the embeddings, zero where absent, and the presence mask lie side by side,
 * so that the network can tell a missing modality from one that says nothing.
 */
import { linear } from "../graph/layers/dense.ts";
import { dropout, relu } from "../graph/ops/activation.ts";
import { concat } from "../graph/ops/reshape.ts";
import { type Fusion, vectorSlots } from "./fusion.ts";

export interface MlpFusionOptions {
  /** Of the vector. */
  readonly dim: number;
  /** Units of the hidden layers. Default one of `2 · dim`. */
  readonly hidden?: readonly number[];
  /** Default 0.3. */
  readonly dropout?: number;
}

export function mlpFusion({ dim, hidden = [2 * dim], dropout: share = 0.3 }: MlpFusionOptions): Fusion {
  return (inputs) => {
    let x = concat([...vectorSlots(inputs).map(({ value }) => value), inputs.presence], 1);
    for (const [index, units] of hidden.entries()) x = dropout(relu(linear(`hidden${index + 1}`, units)(x)), share);
    return { vector: relu(linear("output", dim)(x)) };
  };
}
