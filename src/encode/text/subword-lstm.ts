/**
 * Embedding and LSTM: subwords are read one after the other, and the state after the last one is the text.
 *
 * Source: Hochreiter & Schmidhuber (1997); in this form a usual baseline of text classification.
 */
import type { Node } from "../../graph/graph.ts";
import { linear } from "../../graph/layers/dense.ts";
import { endStates } from "../../graph/layers/end-states.ts";
import { lstm } from "../../graph/layers/recurrent.ts";
import { dropout } from "../../graph/ops/activation.ts";
import type { Encoded } from "../encoded.ts";
import { tokenVectors } from "./token-vectors.ts";

export interface SubwordLstmOptions {
  /** Subwords of the tokenizer. */
  readonly vocabulary: number;
  readonly tokenDim?: number;
  /** Units per direction. Default 128. */
  readonly hidden?: number;
  readonly layers?: number;
  /** Default `forward`. */
  readonly direction?: "forward" | "both";
  readonly dropout?: number;
}

/** @param tokens int32 `[batch, steps]`, padded with 0 */
export function subwordLstm(tokens: Node, labels: number, options: SubwordLstmOptions): Encoded {
  const { vocabulary, tokenDim = 128, hidden = 128, layers = 1, direction = "forward" } = options;
  const { dropout: share = 0.3 } = options;
  const { vectors, mask } = tokenVectors(tokens, vocabulary, tokenDim);
  let sequence = vectors;
  for (let layer = 1; layer <= layers; layer++) {
    sequence = lstm(`lstm${layer}`, hidden, { direction })(dropout(sequence, share));
  }
  const embedding = endStates(sequence, direction, mask);
  return { embedding, sequence, steps: mask, logits: linear("head", labels)(dropout(embedding, share)) };
}
