/** Which ids of a padded text are not padding. */
import type { Node } from "../../graph/graph.ts";
import { ONNX_TYPES } from "../../graph/onnx.ts";

/** int32 `[batch, steps]` of ids ≥ 0, padded with 0 → float32 `[batch, steps]`, 1 for ids and 0 for padding. */
export function tokenMask(ids: Node): Node {
  const { graph } = ids;
  const asFloat = graph.one("Cast", [ids], ids.shape, { to: { int: ONNX_TYPES.float32 } });
  return graph.one("Min", [asFloat, graph.scalar(1)], ids.shape);
}
