/**
 * Long short-term memory over a sequence (Hochreiter & Schmidhuber 1997; forget gate of Gers et al. 2000).
 *
 * Training unrolls the recurrence: the input of all steps is projected in one product, and the gradients of all steps
 * are collected for one product per weight matrix. Inference emits ONNX's own LSTM operator.
 */
import type { Node } from "../graph.ts";
import { addRaw, mapRaw, mulRaw, subRaw, sumRaw } from "./arithmetic.ts";
import { gemmRaw } from "./matmul.ts";
import { recurrentOperator } from "./recurrent-operator.ts";
import { concatRaw, reshapeRaw, splitRaw } from "./reshape.ts";

interface Step {
  /** Input, forget and output gate, side by side. */
  readonly gates: Node;
  readonly input: Node;
  readonly forget: Node;
  readonly output: Node;
  readonly candidate: Node;
  readonly cellBefore: Node;
  readonly hiddenBefore: Node;
  readonly cellTanh: Node;
}

export interface LstmWeights {
  /** `[inputs, 4 · hidden]`, gates in the order input, forget, output, candidate. */
  readonly input: Node;
  /** `[hidden, 4 · hidden]`. */
  readonly recurrent: Node;
  /** `[4 · hidden]`. */
  readonly bias: Node;
}

/** `[T, B, inputs]` → hidden states `[T, B, hidden]`. */
export function lstm(x: Node, weights: LstmWeights, reverse: boolean): Node {
  const { graph } = x;
  const [steps = 0, batch = 0, inputs = 0] = x.shape;
  const hidden = weights.recurrent.shape[0] as number;
  if (graph.mode === "infer") {
    // ONNX orders the gates input, output, forget, candidate.
    const { input, recurrent, bias } = weights;
    return recurrentOperator("LSTM", x, { input, recurrent, biases: [bias], order: [0, 2, 1, 3], reverse });
  }
  const { input: wx, recurrent: wh, bias } = weights;
  const flat = reshapeRaw(x, [steps * batch, inputs]);
  const each = Array<number>(steps).fill(1);
  const projected = splitRaw(reshapeRaw(gemmRaw(flat, wx, bias), [steps, batch, 4 * hidden]), 0, each).map((part) =>
    reshapeRaw(part, [batch, 4 * hidden]),
  );
  const order = [...each.keys()];
  if (reverse) order.reverse();
  const states: Step[] = [];
  const outputs: Node[] = [];
  let h = graph.scalar(0, [batch, hidden]);
  let c = h;
  for (const t of order) {
    const sums = gemmRaw(h, wh, projected[t] as Node);
    const [gateSums, candidateSum] = splitRaw(sums, 1, [3 * hidden, hidden]) as [Node, Node];
    const gates = mapRaw("Sigmoid", gateSums);
    const candidate = mapRaw("Tanh", candidateSum);
    const [input, forget, output] = splitRaw(gates, 1, [hidden, hidden, hidden]) as [Node, Node, Node];
    const cell = addRaw(mulRaw(forget, c), mulRaw(input, candidate));
    const cellTanh = mapRaw("Tanh", cell);
    states[t] = { gates, input, forget, output, candidate, cellBefore: c, hiddenBefore: h, cellTanh };
    h = mulRaw(output, cellTanh);
    c = cell;
    outputs[t] = reshapeRaw(h, [1, batch, hidden]);
  }
  const y = concatRaw(outputs, 0);
  graph.record([y], [x, wx, wh, bias], ([d]) => {
    if (!d) return [null, null, null, null];
    const one = graph.scalar(1);
    const arriving = splitRaw(d, 0, each).map((part) => reshapeRaw(part, [batch, hidden]));
    const sums: Node[] = [];
    let dhNext: Node | null = null;
    let dcNext: Node | null = null;
    for (const t of order.toReversed()) {
      const state = states[t] as Step;
      const dh: Node = dhNext ? addRaw(arriving[t] as Node, dhNext) : (arriving[t] as Node);
      const through = mulRaw(mulRaw(dh, state.output), subRaw(one, mulRaw(state.cellTanh, state.cellTanh)));
      const dc: Node = dcNext ? addRaw(through, dcNext) : through;
      const dGates = concatRaw(
        [mulRaw(dc, state.candidate), mulRaw(dc, state.cellBefore), mulRaw(dh, state.cellTanh)],
        1,
      );
      const dGateSums = mulRaw(dGates, mulRaw(state.gates, subRaw(one, state.gates)));
      const dCandidate = mulRaw(mulRaw(dc, state.input), subRaw(one, mulRaw(state.candidate, state.candidate)));
      const dSums = concatRaw([dGateSums, dCandidate], 1);
      sums[t] = dSums;
      dhNext = gemmRaw(dSums, wh, null, false, true);
      dcNext = mulRaw(dc, state.forget);
    }
    const all = concatRaw(sums, 0);
    const before = concatRaw(
      states.map((state) => state.hiddenBefore),
      0,
    );
    return [
      x.tracked ? reshapeRaw(gemmRaw(all, wx, null, false, true), x.shape) : null,
      gemmRaw(flat, all, null, true, false),
      gemmRaw(before, all, null, true, false),
      sumRaw(all, [0]),
    ];
  });
  return y;
}
