/** Softmax over the modalities that are present. */
import type { Node } from "../graph/graph.ts";
import { softmax } from "../graph/ops/activation.ts";
import { add, mul, scaleRaw, subRaw } from "../graph/ops/arithmetic.ts";

/** Added to the score of an absent modality; finite, so that a row without any modality is not NaN. */
const ABSENT = -1e9;

/**
 * @param scores `[batch, modalities]` or `[1, modalities]`
 * @param presence `[batch, modalities]`, 1 present and 0 absent
 * @returns `[batch, modalities]`: sums to 1 over those present, exactly 0 for the others
 */
export function presentSoftmax(scores: Node, presence: Node): Node {
  const closed = scaleRaw(subRaw(presence.graph.scalar(1), presence), ABSENT);
  return mul(softmax(add(scores, closed)), presence);
}
