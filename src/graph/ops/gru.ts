/**
 * Gated recurrent unit over a sequence (Cho et al. 2014), in the form that applies the reset gate after the recurrent
 * product, as cuDNN and PyTorch do.
 *
 * Training unrolls the recurrence; inference emits ONNX's own GRU operator.
 */
import type { Node } from "../graph.ts";
import { addRaw, mapRaw, mulRaw, subRaw, sumRaw } from "./arithmetic.ts";
import { gemmRaw } from "./matmul.ts";
import { recurrentOperator } from "./recurrent-operator.ts";
import { concatRaw, reshapeRaw, splitRaw } from "./reshape.ts";

interface Step {
  /** Reset and update gate, side by side. */
  readonly gates: Node;
  readonly reset: Node;
  readonly update: Node;
  readonly candidate: Node;
  readonly recurrentCandidate: Node;
  readonly hiddenBefore: Node;
}

export interface GruWeights {
  /** `[inputs, 3 · hidden]`, gates in the order reset, update, candidate. */
  readonly input: Node;
  /** `[hidden, 3 · hidden]`. */
  readonly recurrent: Node;
  /** `[3 · hidden]` each: of the input and of the recurrent product. */
  readonly inputBias: Node;
  readonly recurrentBias: Node;
}

/** `[T, B, inputs]` → hidden states `[T, B, hidden]`. */
export function gru(x: Node, weights: GruWeights, reverse: boolean): Node {
  const { graph } = x;
  const [steps = 0, batch = 0, inputs = 0] = x.shape;
  const hidden = weights.recurrent.shape[0] as number;
  const { input: wx, recurrent: wh, inputBias, recurrentBias } = weights;
  if (graph.mode === "infer") {
    // ONNX orders the gates update, reset, candidate.
    const biases = [inputBias, recurrentBias];
    return recurrentOperator("GRU", x, { input: wx, recurrent: wh, biases, order: [1, 0, 2], reverse });
  }
  const flat = reshapeRaw(x, [steps * batch, inputs]);
  const each = Array<number>(steps).fill(1);
  const projected = splitRaw(reshapeRaw(gemmRaw(flat, wx, inputBias), [steps, batch, 3 * hidden]), 0, each).map(
    (part) => reshapeRaw(part, [batch, 3 * hidden]),
  );
  const order = [...each.keys()];
  if (reverse) order.reverse();
  const states: Step[] = [];
  const outputs: Node[] = [];
  let h = graph.scalar(0, [batch, hidden]);
  for (const t of order) {
    const recurrent = gemmRaw(h, wh, recurrentBias);
    const [gatesX, candidateX] = splitRaw(projected[t] as Node, 1, [2 * hidden, hidden]) as [Node, Node];
    const [gatesH, recurrentCandidate] = splitRaw(recurrent, 1, [2 * hidden, hidden]) as [Node, Node];
    const gates = mapRaw("Sigmoid", addRaw(gatesX, gatesH));
    const [reset, update] = splitRaw(gates, 1, [hidden, hidden]) as [Node, Node];
    const candidate = mapRaw("Tanh", addRaw(candidateX, mulRaw(reset, recurrentCandidate)));
    states[t] = { gates, reset, update, candidate, recurrentCandidate, hiddenBefore: h };
    h = addRaw(candidate, mulRaw(update, subRaw(h, candidate)));
    outputs[t] = reshapeRaw(h, [1, batch, hidden]);
  }
  const y = concatRaw(outputs, 0);
  graph.record([y], [x, wx, wh, inputBias, recurrentBias], ([d]) => {
    if (!d) return [null, null, null, null, null];
    const one = graph.scalar(1);
    const arriving = splitRaw(d, 0, each).map((part) => reshapeRaw(part, [batch, hidden]));
    const inputSums: Node[] = [];
    const recurrentSums: Node[] = [];
    let dhNext: Node | null = null;
    for (const t of order.toReversed()) {
      const state = states[t] as Step;
      const dh: Node = dhNext ? addRaw(arriving[t] as Node, dhNext) : (arriving[t] as Node);
      const dCandidate = mulRaw(
        mulRaw(dh, subRaw(one, state.update)),
        subRaw(one, mulRaw(state.candidate, state.candidate)),
      );
      const dUpdate = mulRaw(dh, subRaw(state.hiddenBefore, state.candidate));
      const dReset = mulRaw(dCandidate, state.recurrentCandidate);
      const dGates = mulRaw(concatRaw([dReset, dUpdate], 1), mulRaw(state.gates, subRaw(one, state.gates)));
      inputSums[t] = concatRaw([dGates, dCandidate], 1);
      const dRecurrent = concatRaw([dGates, mulRaw(dCandidate, state.reset)], 1);
      recurrentSums[t] = dRecurrent;
      dhNext = addRaw(gemmRaw(dRecurrent, wh, null, false, true), mulRaw(dh, state.update));
    }
    const allInput = concatRaw(inputSums, 0);
    const allRecurrent = concatRaw(recurrentSums, 0);
    const before = concatRaw(
      states.map((state) => state.hiddenBefore),
      0,
    );
    return [
      x.tracked ? reshapeRaw(gemmRaw(allInput, wx, null, false, true), x.shape) : null,
      gemmRaw(flat, allInput, null, true, false),
      gemmRaw(before, allRecurrent, null, true, false),
      sumRaw(allInput, [0]),
      sumRaw(allRecurrent, [0]),
    ];
  });
  return y;
}
