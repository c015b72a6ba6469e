/** Looking up rows of a table by id, with a sparse gradient. */
import type { Node } from "../graph.ts";
import { ONNX_TYPES } from "../onnx.ts";
import { sizeOf } from "../shape.ts";
import { reshapeRaw } from "./reshape.ts";

/**
 * `table[ids]`: `[rows, dim]` and integers `[...]` → `[..., dim]`.
 *
 * The gradient of the table is returned as one row per id, to be scattered outside the graph: a dense gradient of a
 * table of 30,000 × 128 would take longer than the rest of the step.
 */
export function lookup(table: Node, ids: Node): Node {
  const { graph } = table;
  const dim = table.shape[1] as number;
  const y = graph.one("Gather", [table, ids], [...ids.shape, dim], { axis: { int: 0 } });
  const parameter = graph.parameters.get(table.name);
  const rows = [sizeOf(ids.shape), dim];
  if (parameter?.sparse && graph.mode === "train") parameter.lookups.push({ ids, shape: rows });
  graph.record([y], [table], ([d]) => {
    if (!d) return [null];
    if (parameter?.sparse) return [reshapeRaw(d, rows)];
    const flat = reshapeRaw(graph.one("Cast", [ids], ids.shape, { to: { int: ONNX_TYPES.int64 } }, "int64"), [
      rows[0] as number,
      1,
    ]);
    return [
      graph.one("ScatterND", [graph.scalar(0, table.shape), flat, reshapeRaw(d, rows)], table.shape, {
        reduction: { string: "add" },
      }),
    ];
  });
  return y;
}
