/** ONNX's own LSTM and GRU operators, for inference graphs: weights reordered to ONNX's layout. */

import { AffektError } from "../../core/errors.ts";
import type { Node } from "../graph.ts";
import { reshapeRaw } from "./reshape.ts";

export interface RecurrentWeights {
  /** `[inputs, gates · hidden]`. */
  readonly input: Node;
  /** `[hidden, gates · hidden]`. */
  readonly recurrent: Node;
  /** Bias of the input and, where the cell has one, of the recurrent product, `[gates · hidden]` each. */
  readonly biases: readonly Node[];
  /** Our gate at each of ONNX's positions. */
  readonly order: readonly number[];
  readonly reverse: boolean;
}

function constantOf(node: Node): Float32Array {
  const data = node.graph.valueOf(node);
  if (data === undefined) {
    throw new AffektError("internal", `${node.name} is not a constant.`, "Give recurrent layers plain parameters.");
  }
  return data;
}

/** `[rows, gates · hidden]` → `[1, gates · hidden, rows]` with the gates reordered. */
function turned(node: Node, hidden: number, order: readonly number[]): Node {
  const [rows = 0, columns = 0] = node.shape;
  const source = constantOf(node);
  const out = new Float32Array(rows * columns);
  for (const [position, gate] of order.entries()) {
    for (let unit = 0; unit < hidden; unit++) {
      for (let row = 0; row < rows; row++) {
        out[(position * hidden + unit) * rows + row] = source[row * columns + gate * hidden + unit] as number;
      }
    }
  }
  return node.graph.constant(out, [1, columns, rows]);
}

/** `[T, B, inputs]` → `[T, B, hidden]`. */
export function recurrentOperator(op: "LSTM" | "GRU", x: Node, weights: RecurrentWeights): Node {
  const { graph } = x;
  const [steps = 0, batch = 0] = x.shape;
  const [hidden = 0, columns = 0] = weights.recurrent.shape;
  const bias = new Float32Array(2 * columns);
  for (const [half, node] of weights.biases.entries()) {
    const source = constantOf(node);
    for (const [position, gate] of weights.order.entries()) {
      for (let unit = 0; unit < hidden; unit++) {
        bias[half * columns + position * hidden + unit] = source[gate * hidden + unit] as number;
      }
    }
  }
  const inputs = [
    x,
    turned(weights.input, hidden, weights.order),
    turned(weights.recurrent, hidden, weights.order),
    graph.constant(bias, [1, 2 * columns]),
  ];
  const y = graph.one(op, inputs, [steps, 1, batch, hidden], {
    hidden_size: { int: hidden },
    direction: { string: weights.reverse ? "reverse" : "forward" },
    ...(op === "GRU" ? { linear_before_reset: { int: 1 } } : {}),
  });
  return reshapeRaw(y, [steps, batch, hidden]);
}
