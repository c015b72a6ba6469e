/**
 * A bag of words: every id (a word, a subword or a hashed n-gram) has a vector, and the text is their sum over the root
 * of their number, whatever their order.
 *
 * Source: Joulin et al. (2017), "Bag of tricks for efficient text classification" (fastText).
 */
import type { Node } from "../../graph/graph.ts";
import { linear } from "../../graph/layers/dense.ts";
import { dropout, relu } from "../../graph/ops/activation.ts";
import { div, sum } from "../../graph/ops/arithmetic.ts";
import type { Encoded } from "../encoded.ts";
import { tokenVectors } from "./token-vectors.ts";

export interface BagOfWordsOptions {
  /** Different ids, padding included. */
  readonly vocabulary: number;
  /** Of a word's vector. Default 64. */
  readonly tokenDim?: number;
  /** Of the embedding. Default 128. */
  readonly hidden?: number;
  readonly dropout?: number;
}

/** @param words int32 `[batch, limit]`, padded with 0 */
export function bagOfWordsNet(words: Node, labels: number, options: BagOfWordsOptions): Encoded {
  const { vocabulary, tokenDim = 64, hidden = 128, dropout: share = 0.3 } = options;
  const { graph } = words;
  const [batch = 0] = words.shape;
  const { vectors, mask } = tokenVectors(words, vocabulary, tokenDim);
  const count = graph.one("Max", [sum(mask, [1], true), graph.scalar(1)], [batch, 1]);
  const text = div(sum(vectors, [1]), graph.one("Sqrt", [count], [batch, 1]));
  const embedding = relu(linear("hidden", hidden)(dropout(text, share)));
  return { embedding, logits: linear("head", labels)(dropout(embedding, share)) };
}
