/** Letting values through or stopping them: by a mask, and for gradients. */
import type { Node } from "../graph.ts";
import { ONNX_TYPES } from "../onnx.ts";

/**
 * `x` where `mask` is not zero, and 0 elsewhere, whatever stands there: unlike a product with the mask, this keeps NaN
 * and infinity out, in the gradient as well.
 *
 * @param mask float32, of a shape that broadcasts to that of `x`; gets no gradient
 */
export function keepWhere(mask: Node, x: Node): Node {
  const { graph } = x;
  const kept = graph.one("Cast", [mask], mask.shape, { to: { int: ONNX_TYPES.bool } }, "bool");
  const choose = (value: Node): Node => graph.one("Where", [kept, value, graph.scalar(0)], x.shape);
  const y = choose(x);
  graph.record([y], [x], ([d]) => [d ? choose(d) : null]);
  return y;
}

/** The same values, through which no gradient flows back. */
export function stopGradient(x: Node): Node {
  return x.tracked ? x.graph.one("Identity", [x], x.shape) : x;
}
