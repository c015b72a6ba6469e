/**
 * A small transformer encoder over subwords, with learned positions and the mean over the text.
 *
 * Source: Vaswani et al. (2017), normalized first as in Xiong et al. (2020).
 */
import type { Node } from "../../graph/graph.ts";
import { positions, transformerLayer } from "../../graph/layers/attention.ts";
import { linear } from "../../graph/layers/dense.ts";
import { layerNorm } from "../../graph/layers/normalizing.ts";
import { meanOverSteps } from "../../graph/layers/pooling.ts";
import { dropout } from "../../graph/ops/activation.ts";
import type { Encoded } from "../encoded.ts";
import { tokenVectors } from "./token-vectors.ts";

export interface SubwordTransformerOptions {
  /** Subwords of the tokenizer. */
  readonly vocabulary: number;
  /** Of a subword and of the embedding; a multiple of `heads`. Default 128. */
  readonly dim?: number;
  readonly layers?: number;
  readonly heads?: number;
  /** Units of the feed-forward part. Default 4 · dim. */
  readonly feedForward?: number;
  readonly dropout?: number;
}

/** @param tokens int32 `[batch, steps]`, padded with 0; the number of steps is fixed by the positions learned */
export function subwordTransformer(tokens: Node, labels: number, options: SubwordTransformerOptions): Encoded {
  const { vocabulary, dim = 128, layers = 2, heads = 4, feedForward = 4 * dim, dropout: share = 0.1 } = options;
  const steps = tokens.shape[1] as number;
  const { vectors, mask } = tokenVectors(tokens, vocabulary, dim);
  let x = dropout(positions("tokens", steps, dim)(vectors), share);
  for (let layer = 1; layer <= layers; layer++) {
    const settings = { heads, dropout: share, feedForward, normFirst: true, activation: "gelu" } as const;
    x = transformerLayer(`layer${layer}`, dim, settings)(x, mask);
  }
  const sequence = layerNorm("norm")(x);
  const embedding = meanOverSteps(sequence, mask);
  return { embedding, sequence, steps: mask, logits: linear("head", labels)(dropout(embedding, share)) };
}
