/**
 * A recurrent head: LSTM or GRU over a sequence, in one or both directions, whose states are pooled for a softmax layer.
 *
 * Sources: Hochreiter & Schmidhuber (1997); Cho et al. (2014); Schuster & Paliwal (1997) for both directions.
 */
import type { Node } from "../graph/graph.ts";
import { linear } from "../graph/layers/dense.ts";
import { endStates } from "../graph/layers/end-states.ts";
import { attentionPool, maxOverSteps, meanOverSteps } from "../graph/layers/pooling.ts";
import { gru, lstm } from "../graph/layers/recurrent.ts";
import { dropout } from "../graph/ops/activation.ts";
import { formatShape, shapeError } from "../graph/shape.ts";
import { checkHeadInput, type Head, withoutPadding } from "./head.ts";

export interface RnnHeadOptions {
  readonly labels: number;
  readonly cell?: "lstm" | "gru";
  /** Default `forward`. */
  readonly direction?: "forward" | "both";
  /** Units per direction. Default 64. */
  readonly hidden?: number;
  readonly layers?: number;
  /** What is read of the states: the last one of each direction (the default), or a mean, maximum or attention. */
  readonly pool?: "last" | "mean" | "max" | "attention";
  readonly dropout?: number;
}

export function rnnHead(options: RnnHeadOptions): Head {
  const { labels, cell = "lstm", direction = "forward", hidden = 64, layers = 1, pool = "last" } = options;
  const { dropout: share = 0.3 } = options;
  const recurrent = cell === "lstm" ? lstm : gru;

  function pooled(states: Node, steps: Node | undefined): Node {
    switch (pool) {
      case "last":
        return endStates(states, direction, steps);
      case "mean":
        return meanOverSteps(states, steps);
      case "max":
        return maxOverSteps(states, steps);
      case "attention":
        return attentionPool("pool", { hidden })(states, steps);
    }
  }
  return (x, steps) => {
    checkHeadInput("recurrent head", x, steps);
    if (x.shape.length !== 3)
      throw shapeError("recurrent head", formatShape(x.shape), "a sequence [batch, steps, dim]");
    let states = withoutPadding(x, steps);
    for (let layer = 1; layer <= layers; layer++) {
      states = recurrent(`${cell}${layer}`, hidden, { direction })(dropout(states, share));
    }
    return linear("logits", labels)(dropout(pooled(states, steps), share));
  };
}
