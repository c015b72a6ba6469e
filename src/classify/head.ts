/**
 * What every recognition head is: a fused vector `[batch, dim]` or a sequence `[batch, steps, dim]` becomes logits
 * `[batch, labels]`. The softmax that turns logits into probabilities belongs to the loss and to calibration.
 */
import type { Node } from "../graph/graph.ts";
import { meanOverSteps } from "../graph/layers/pooling.ts";
import { reshapeRaw } from "../graph/ops/reshape.ts";
import { keepWhere } from "../graph/ops/select.ts";
import { formatShape, shapeError } from "../graph/shape.ts";

/** `steps`, `[batch, steps]`, is 1 for steps and 0 for the padding that follows them. */
export type Head = (x: Node, steps?: Node) => Node;

/** @throws AffektError `shape` */
export function checkHeadInput(head: string, x: Node, steps: Node | undefined): void {
  const rank = x.shape.length;
  if (rank !== 2 && rank !== 3) {
    throw shapeError(head, formatShape(x.shape), "[batch, dim] or [batch, steps, dim]");
  }
  if (steps && (rank !== 3 || steps.shape.length !== 2 || steps.shape[1] !== x.shape[1])) {
    throw shapeError(
      head,
      `steps ${formatShape(steps.shape)} for ${formatShape(x.shape)}`,
      "[batch, steps] of a sequence",
    );
  }
}

/** The vector itself, or the mean over the steps of a sequence. */
export function asVector(x: Node, steps: Node | undefined): Node {
  return x.shape.length === 2 ? x : meanOverSteps(withoutPadding(x, steps), steps);
}

/** The sequence with zeros in its padding, whatever stood there. */
export function withoutPadding(x: Node, steps: Node | undefined): Node {
  if (!steps) return x;
  const [batch = 0, count = 0] = x.shape;
  return keepWhere(reshapeRaw(steps, [batch, count, 1]), x);
}
