/** What a recurrent network knows at the end of a sequence whose padding follows its steps. */
import type { Node } from "../graph.ts";
import { mul, subRaw, sum } from "../ops/arithmetic.ts";
import { concat, concatRaw, pick, reshapeRaw, slice, sliceRaw } from "../ops/reshape.ts";
import { checkMask, checkRank } from "../shape.ts";

/**
 * The value at the last step of each sequence: `[batch, steps, dim]` → `[batch, dim]`.
 *
 * @param mask `[batch, steps]`, 1 for steps and 0 for the padding after them; absent if all steps count. The value of a
 *   sequence without any step is 0.
 */
export function lastStep(x: Node, mask?: Node): Node {
  checkRank("last step", x.shape, 3, "[batch, steps, dim]");
  const [batch = 0, steps = 0] = x.shape;
  if (mask) checkMask("last step", mask.shape, x.shape);
  if (!mask) return pick(x, 1, steps - 1);
  // A step is the last one where the mask falls to zero behind it.
  const none = subRaw(sliceRaw(mask, 1, 0, 1), sliceRaw(mask, 1, 0, 1));
  const next = steps === 1 ? none : concatRaw([sliceRaw(mask, 1, 1, steps), none], 1);
  return sum(mul(x, reshapeRaw(subRaw(mask, next), [batch, steps, 1])), [1]);
}

/**
 * The state of each direction after it has read everything: the forward half at the last step, the backward half at the
 * first. `[batch, steps, 2 · hidden]` → `[batch, 2 · hidden]`.
 */
export function endStates(states: Node, direction: "forward" | "both", mask?: Node): Node {
  if (direction === "forward") return lastStep(states, mask);
  const width = states.shape[2] as number;
  const forward = slice(states, 2, 0, width / 2);
  const backward = slice(states, 2, width / 2, width);
  return concat([lastStep(forward, mask), pick(backward, 1, 0)], 1);
}
