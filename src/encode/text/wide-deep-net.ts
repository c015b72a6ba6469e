/**
 * A wide and a deep reading of a text (Cheng et al. 2016): hashed n-grams with one weight per label, as a linear
 * classifier over a bag of words has, beside subwords read by a recurrent network in both directions.
 */
import type { Node } from "../../graph/graph.ts";
import { zeros } from "../../graph/initialize.ts";
import { embedding, linear } from "../../graph/layers/dense.ts";
import { attentionPool, maxOverSteps, meanOverSteps } from "../../graph/layers/pooling.ts";
import { gru } from "../../graph/layers/recurrent.ts";
import { ONNX_TYPES } from "../../graph/onnx.ts";
import { dropout, relu } from "../../graph/ops/activation.ts";
import { add, div, mul, sum } from "../../graph/ops/arithmetic.ts";
import { concat, reshape, slice } from "../../graph/ops/reshape.ts";
import type { Encoded } from "../encoded.ts";

export interface WideDeepOptions {
  /** Subwords of the tokenizer. */
  readonly vocabulary: number;
  readonly buckets: number;
  readonly tokenDim?: number;
  /** Units of the recurrent network in each direction. */
  readonly hidden?: number;
  /** Attention heads that pool the steps. */
  readonly heads?: number;
  readonly dropout?: number;
}

/** Columns of the n-gram table: a multiple of 4, so that the optimizer's kernel can update single rows. */
const WIDTH = 4;

/** 1 where an id is not padding (0), as float32. */
function presence(ids: Node): Node {
  const { graph } = ids;
  const asFloat = graph.one("Cast", [ids], ids.shape, { to: { int: ONNX_TYPES.float32 } });
  return graph.one("Min", [asFloat, graph.scalar(1)], ids.shape);
}

/** Sum of the n-grams' label weights over the root of their number: `[batch, limit]` → `[batch, labels]`. */
function wide(ngrams: Node, labels: number, buckets: number): Node {
  const { graph } = ngrams;
  const [batch = 0, limit = 0] = ngrams.shape;
  const columns = Math.ceil(labels / WIDTH) * WIDTH;
  const rows = embedding("wide", buckets, columns, { initialize: zeros })(ngrams);
  const present = presence(ngrams);
  const total = sum(mul(rows, reshape(present, [batch, limit, 1])), [1]);
  const count = graph.one("Max", [sum(present, [1], true), graph.scalar(1)], [batch, 1]);
  const weights = div(total, graph.one("Sqrt", [count], [batch, 1]));
  return columns === labels ? weights : slice(weights, 1, 0, labels);
}

/**
 * @param tokens int32 `[batch, steps]`, padded with 0
 * @param ngrams int32 `[batch, limit]`, padded with 0
 * @returns the embedding, `[batch, hidden]`, and logits, `[batch, labels]`, with the two terms they are the sum of
 */
export function wideDeepNet(tokens: Node, ngrams: Node, labels: number, options: WideDeepOptions): Encoded {
  const { vocabulary, buckets, tokenDim = 128, hidden = 128, heads = 4, dropout: share = 0.4 } = options;
  const mask = presence(tokens);
  const vectors = dropout(embedding("tokens", vocabulary, tokenDim)(tokens), share / 2);
  const states = gru("gru", hidden, { direction: "both" })(vectors);
  const pooled = concat(
    [attentionPool("pool", { heads })(states, mask), meanOverSteps(states, mask), maxOverSteps(states, mask)],
    1,
  );
  const deep = relu(linear("hidden", hidden)(dropout(pooled, share)));
  const terms = [linear("head", labels)(dropout(deep, share)), wide(ngrams, labels, buckets)] as const;
  return { embedding: deep, logits: add(...terms), terms };
}
