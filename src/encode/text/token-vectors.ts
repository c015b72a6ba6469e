/** Subword embeddings with zeros where the text has ended. */
import type { Node } from "../../graph/graph.ts";
import { embedding } from "../../graph/layers/dense.ts";
import { reshapeRaw } from "../../graph/ops/reshape.ts";
import { keepWhere } from "../../graph/ops/select.ts";
import { tokenMask } from "./token-mask.ts";

/** int32 `[batch, steps]` → vectors `[batch, steps, dim]` and the mask `[batch, steps]`. */
export function tokenVectors(tokens: Node, vocabulary: number, dim: number): { vectors: Node; mask: Node } {
  const [batch = 0, steps = 0] = tokens.shape;
  const mask = tokenMask(tokens);
  const vectors = embedding("tokens", vocabulary, dim)(tokens);
  return { vectors: keepWhere(reshapeRaw(mask, [batch, steps, 1]), vectors), mask };
}
