/**
 * Convolutions over subwords: kernels of several widths each find their phrase anywhere in the text, and the strongest
 * find of each counts.
 *
 * Source: Kim (2014), "Convolutional neural networks for sentence classification".
 */
import type { Node } from "../../graph/graph.ts";
import { conv1d } from "../../graph/layers/convolutional.ts";
import { linear } from "../../graph/layers/dense.ts";
import { maxOverSteps } from "../../graph/layers/pooling.ts";
import { dropout, relu } from "../../graph/ops/activation.ts";
import { concat, slice, transpose } from "../../graph/ops/reshape.ts";
import type { Encoded } from "../encoded.ts";
import { tokenVectors } from "./token-vectors.ts";

export interface SubwordCnnOptions {
  /** Subwords of the tokenizer. */
  readonly vocabulary: number;
  readonly tokenDim?: number;
  /** Subwords that a kernel spans. Default 3, 4 and 5. */
  readonly widths?: readonly number[];
  /** Kernels of each width. Default 100. */
  readonly filters?: number;
  readonly dropout?: number;
}

/** @param tokens int32 `[batch, steps]`, padded with 0 */
export function subwordCnn(tokens: Node, labels: number, options: SubwordCnnOptions): Encoded {
  const { vocabulary, tokenDim = 128, widths = [3, 4, 5], filters = 100, dropout: share = 0.5 } = options;
  const steps = tokens.shape[1] as number;
  const { vectors, mask } = tokenVectors(tokens, vocabulary, tokenDim);
  const channels = transpose(vectors, [0, 2, 1]);
  const maps = widths.map((width) => {
    const found = conv1d(`width${width}`, filters, { kernel: width })(channels);
    // A kernel of even width gives one step too many.
    const aligned = found.shape[2] === steps ? found : slice(found, 2, 0, steps);
    return transpose(aligned, [0, 2, 1]);
  });
  const found = concat(maps, 2);
  // The rectifier comes after the maximum: the same values, and a text without subwords gives zeros.
  const embedding = relu(maxOverSteps(found, mask));
  const logits = linear("head", labels)(dropout(embedding, share));
  return { embedding, sequence: relu(found), steps: mask, logits };
}
