/** Recurrent layers over `[batch, steps, inputs]`. */
import { type Layer, type Node, perGraph } from "../graph.ts";
import { uniform, zeros } from "../initialize.ts";
import { gru as gruOver } from "../ops/gru.ts";
import { lstm as lstmOver } from "../ops/lstm.ts";
import { concat, transpose } from "../ops/reshape.ts";
import { checkRank, formatShape, shapeError } from "../shape.ts";

export interface RecurrentOptions {
  /** `"both"` runs a second cell backwards and puts its states beside the first one's. Default `"forward"`. */
  readonly direction?: "forward" | "backward" | "both";
}

/** @param layer what an error calls it */
type Cell = (layer: string, name: string, hidden: number) => (x: Node, reverse: boolean) => Node;

function checkInputs(layer: string, x: Node, weight: Node): void {
  const [inputs = 0] = weight.shape;
  if (x.shape[2] === inputs) return;
  // Here steps come first; the layer's caller knows the batch first.
  const [steps = 0, batch = 0, received = 0] = x.shape;
  throw shapeError(layer, formatShape([batch, steps, received]), `[batch, steps, ${inputs}]`);
}

const lstmCell: Cell = (layer, name, hidden) => {
  const weights = perGraph((graph, x) => {
    const inputs = x.shape.at(-1) as number;
    const initialize = uniform(1 / Math.sqrt(hidden));
    return {
      input: graph.parameter(`${name}.input`, [inputs, 4 * hidden], initialize),
      recurrent: graph.parameter(`${name}.recurrent`, [hidden, 4 * hidden], initialize),
      // Forget gates start open (Jozefowicz et al. 2015).
      bias: graph.parameter(`${name}.bias`, [4 * hidden], (data) => void data.fill(1, hidden, 2 * hidden), {
        decay: false,
      }),
    };
  });
  return (x, reverse) => {
    checkInputs(layer, x, weights(x).input);
    return lstmOver(x, weights(x), reverse);
  };
};

const gruCell: Cell = (layer, name, hidden) => {
  const weights = perGraph((graph, x) => {
    const inputs = x.shape.at(-1) as number;
    const initialize = uniform(1 / Math.sqrt(hidden));
    return {
      input: graph.parameter(`${name}.input`, [inputs, 3 * hidden], initialize),
      recurrent: graph.parameter(`${name}.recurrent`, [hidden, 3 * hidden], initialize),
      inputBias: graph.parameter(`${name}.inputBias`, [3 * hidden], zeros, { decay: false }),
      recurrentBias: graph.parameter(`${name}.recurrentBias`, [3 * hidden], zeros, { decay: false }),
    };
  });
  return (x, reverse) => {
    checkInputs(layer, x, weights(x).input);
    return gruOver(x, weights(x), reverse);
  };
};

function recurrent(kind: string, cell: Cell, name: string, hidden: number, options: RecurrentOptions): Layer {
  const { direction = "forward" } = options;
  const layer = `${kind} ${name}`;
  const forward = direction === "backward" ? null : cell(layer, `${name}.forward`, hidden);
  const backward = direction === "forward" ? null : cell(layer, `${name}.backward`, hidden);
  return (x) => {
    checkRank(layer, x.shape, 3, "[batch, steps, inputs]");
    const inTime = transpose(x, [1, 0, 2]);
    const states: Node[] = [];
    if (forward) states.push(forward(inTime, false));
    if (backward) states.push(backward(inTime, true));
    return transpose(concat(states, 2), [1, 0, 2]);
  };
}

/** Hidden states of all steps: `[batch, steps, inputs]` → `[batch, steps, hidden]` (`2 · hidden` in both directions). */
export function lstm(name: string, hidden: number, options: RecurrentOptions = {}): Layer {
  return recurrent("LSTM", lstmCell, name, hidden, options);
}

/** Hidden states of all steps: `[batch, steps, inputs]` → `[batch, steps, hidden]` (`2 · hidden` in both directions). */
export function gru(name: string, hidden: number, options: RecurrentOptions = {}): Layer {
  return recurrent("GRU", gruCell, name, hidden, options);
}
