/** Rows of a batch mixed with each other. */
import type { Node } from "../graph.ts";
import { addRaw, mulRaw, subRaw } from "./arithmetic.ts";
import { reshapeRaw } from "./reshape.ts";

/** The rows in the opposite order, not recorded. */
function backwards(x: Node): Node {
  const [batch = 0] = x.shape;
  const order = x.graph.integers(Array.from({ length: batch }, (_, row) => batch - 1 - row));
  return x.graph.one("Gather", [x, order], x.shape, { axis: { int: 0 } });
}

/**
 * Each row with its partner, which lies as far from the end of the batch as the row from its beginning: `share · x[row]
 * + (1 − share) · x[batch − 1 − row]`. A row whose share is 1 is given out bit by bit.
 *
 * @param x `[batch, …]`, finite, of a batch that is not DYNAMIC
 * @param share `[batch, 1]`; gets no gradient
 */
export function mixRows(x: Node, share: Node): Node {
  const { graph, shape } = x;
  const own = reshapeRaw(share, [shape[0] as number, ...shape.slice(1).map(() => 1)]);
  const other = subRaw(graph.scalar(1), own);
  const y = addRaw(mulRaw(x, own), mulRaw(backwards(x), other));
  graph.record([y], [x], ([d]) => [d ? addRaw(mulRaw(d, own), backwards(mulRaw(d, other))) : null]);
  return y;
}
