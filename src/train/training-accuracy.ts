/** How often the likeliest label was right in the batches trained on, counted as they pass. */
import { floats, type Tensor } from "../core/tensor.ts";
import { argmax } from "../metrics/argmax.ts";

export interface Hits {
  readonly right: number;
  readonly rows: number;
}

export const NO_HITS: Hits = { right: 0, rows: 0 };

/** @param logits and @param targets `[batch, classes]`; without both, nothing is counted */
export function countHits(hits: Hits, logits: Tensor | undefined, targets: Tensor | undefined): Hits {
  const classes = logits?.dims[1];
  if (logits === undefined || targets?.type !== "float32" || classes === undefined) return hits;
  const said = argmax(floats(logits), classes);
  const wanted = argmax(floats(targets), classes);
  let { right } = hits;
  for (const [row, label] of said.entries()) if (label === wanted[row]) right++;
  return { right, rows: hits.rows + said.length };
}
