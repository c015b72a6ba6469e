/** How often the likeliest label was right in the batches trained on, counted as they pass. */
import { floats, type Tensor } from "../core/tensor.ts";
import { argmax } from "../metrics/argmax.ts";

export interface Hits {
  readonly right: number;
  readonly rows: number;
}

export const NO_HITS: Hits = { right: 0, rows: 0 };

/**
 * @param logits and @param targets `[batch, classes]`; without both, nothing is counted. Rows whose target is all zeros
 *   are padding.
 */
export function countHits(hits: Hits, logits: Tensor | undefined, targets: Tensor | undefined): Hits {
  const classes = logits?.dims[1];
  if (logits === undefined || targets?.type !== "float32" || classes === undefined) return hits;
  const said = argmax(floats(logits), classes);
  const wanted = argmax(floats(targets), classes);
  let { right, rows } = hits;
  for (const [row, label] of said.entries()) {
    const own = wanted[row] as number;
    if (targets.data[row * classes + own] === 0) continue;
    rows++;
    if (label === own) right++;
  }
  return { right, rows };
}
