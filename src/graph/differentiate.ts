/**
 * Reverse-mode differentiation (Linnainmaa 1970; Baydin et al. 2018): walks the tape backwards and emits the backward
 * pass as ordinary operators of the same graph.
 */
import { AffektError } from "../core/errors.ts";
import type { Graph, Node } from "./graph.ts";
import { formatShape } from "./shape.ts";

/**
 * Gradients of a scalar loss.
 *
 * @returns by parameter name, the dense gradient; sparse parameters have theirs in `sparse`, a row gradient
 *   `[rows, dim]` per look-up, in the order of `Parameter.lookups`. What the loss does not depend on is in neither
 * @throws AffektError `shape` if the loss is no scalar
 */
export function differentiate(graph: Graph, loss: Node): { dense: Map<string, Node>; sparse: Map<string, Node[]> } {
  if (loss.shape.length !== 0) {
    throw new AffektError(
      "shape",
      `Only a scalar can be differentiated; received ${formatShape(loss.shape)}.`,
      "Reduce the loss with mean or sum.",
    );
  }
  const arriving = new Map<string, Node[]>([[loss.name, [graph.scalar(1)]]]);
  const sparse = new Map<string, Node[]>();
  function total(node: Node): Node | null {
    const parts = arriving.get(node.name);
    if (parts === undefined) return null;
    if (parts.length > 1) {
      const sum = parts.length === 2 ? graph.one("Add", parts, node.shape) : graph.one("Sum", parts, node.shape);
      arriving.set(node.name, [sum]);
      return sum;
    }
    return parts[0] as Node;
  }
  for (let entry = graph.tape.length - 1; entry >= 0; entry--) {
    const { outputs, inputs, backward } = graph.tape[entry] as Graph["tape"][number];
    const gradients = outputs.map(total);
    if (gradients.every((gradient) => gradient === null)) continue;
    const returned = backward(gradients);
    for (const [index, input] of inputs.entries()) {
      const gradient = returned[index];
      if (!gradient || !input.tracked) continue;
      const parameter = graph.parameters.get(input.name);
      if (parameter?.sparse) {
        // A look-up hands back one gradient row per id; the tape runs backwards, so prepend.
        sparse.set(input.name, [gradient, ...(sparse.get(input.name) ?? [])]);
        continue;
      }
      const parts = arriving.get(input.name) ?? [];
      parts.push(gradient);
      arriving.set(input.name, parts);
    }
  }
  const dense = new Map<string, Node>();
  for (const { name, node, sparse: isSparse } of graph.parameters.values()) {
    if (isSparse) continue;
    const gradient = total(node);
    if (gradient !== null) dense.set(name, gradient);
  }
  return { dense, sparse };
}
