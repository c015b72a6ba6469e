/**
 * Linear combination: each modality is mapped to a common space, and the vector is a sum over those present, plain, as
 * a mean, or with one learned weight per modality.
 */
import type { Node } from "../graph/graph.ts";
import { zeros } from "../graph/initialize.ts";
import { linear } from "../graph/layers/dense.ts";
import { add, mul } from "../graph/ops/arithmetic.ts";
import { slice } from "../graph/ops/reshape.ts";
import { type Fusion, type FusionInputs, type Slot, vectorSlots } from "./fusion.ts";
import { presentSoftmax } from "./present-softmax.ts";

export interface LinearFusionOptions {
  /** Of the vector. */
  readonly dim: number;
  /**
   * `sum` adds what is present; `learned` weighs the modalities by a softmax over those present, so that the weights of
   * a subset add up to 1 as well, and gives the weights out. Default `sum`.
   */
  readonly combine?: "sum" | "learned";
}

function total(parts: readonly Node[]): Node {
  return parts.reduce((sum, part) => add(sum, part));
}

export function linearFusion({ dim, combine = "sum" }: LinearFusionOptions): Fusion {
  return (inputs: FusionInputs) => {
    const slots = vectorSlots(inputs);
    const mapped = slots.map(({ modality, value }) => linear(`${modality}.project`, dim)(value));
    if (combine === "sum") {
      return { vector: total(slots.map(({ present }: Slot, index) => mul(mapped[index] as Node, present))) };
    }
    const { graph } = inputs.presence;
    const scores = graph.parameter("scores", [1, slots.length], zeros, { decay: false });
    const weights = presentSoftmax(scores, inputs.presence);
    return {
      vector: total(mapped.map((part, column) => mul(part, slice(weights, 1, column, column + 1)))),
      weights,
    };
  };
}
