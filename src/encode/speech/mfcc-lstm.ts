/**
 * LSTM on cepstral coefficients: the classic reading of a voice, step by step. Takes any features in time.
 *
 * Source: Hochreiter & Schmidhuber (1997); on MFCC a usual baseline of emotional speech.
 */
import type { Node } from "../../graph/graph.ts";
import { linear } from "../../graph/layers/dense.ts";
import { endStates } from "../../graph/layers/end-states.ts";
import { lstm } from "../../graph/layers/recurrent.ts";
import { dropout } from "../../graph/ops/activation.ts";
import type { Encoded } from "../encoded.ts";
import { perStep } from "./conv-blocks.ts";

export interface MfccLstmOptions {
  /** Units per direction. Default 128. */
  readonly hidden?: number;
  readonly layers?: number;
  /** Default `forward`. */
  readonly direction?: "forward" | "both";
  readonly dropout?: number;
}

/** @param features `[batch, 1, coefficients, steps]` */
export function mfccLstm(features: Node, labels: number, options: MfccLstmOptions = {}): Encoded {
  const { hidden = 128, layers = 1, direction = "forward", dropout: share = 0.3 } = options;
  let sequence = perStep(features);
  for (let layer = 1; layer <= layers; layer++) {
    const input = layer === 1 ? sequence : dropout(sequence, share);
    sequence = lstm(`lstm${layer}`, hidden, { direction })(input);
  }
  const embedding = endStates(sequence, direction);
  return { embedding, sequence, logits: linear("head", labels)(dropout(embedding, share)) };
}
