/** Texts as sparse rows of hashed n-grams: rare ones weigh more, and each row is divided by the root of their number. */
import { textNgrams } from "../../../src/preprocess/text/ngrams.ts";
import type { SparseRows } from "../../../src/train/logistic-regression.ts";

export const NGRAMS = { buckets: 131_072, limit: 512, characterOrders: [2, 3, 4, 5] };

/** Ids of each text, each id once. */
export function bagsOf(texts: readonly string[]): Int32Array[] {
  return texts.map((text) => textNgrams(text, NGRAMS));
}

/** `[buckets]`: 1 + log((1 + rows) / (1 + rows that have it)), times a factor (inverse document frequency). */
export function rarity(bags: readonly Int32Array[], factor: number): Float32Array {
  const seen = new Uint32Array(NGRAMS.buckets);
  for (const bag of bags) for (const id of bag) seen[id]!++;
  return Float32Array.from(seen, (count) => factor * (1 + Math.log((1 + bags.length) / (1 + count))));
}

/** @param dense further columns of each row */
export function sparseRows(
  bags: readonly Int32Array[],
  weights: Float32Array,
  dense?: readonly Float32Array[],
): SparseRows {
  const further = dense?.[0]?.length ?? 0;
  const starts = new Int32Array(bags.length + 1);
  for (const [row, bag] of bags.entries()) starts[row + 1] = (starts[row] as number) + bag.length + further;
  const columns = new Int32Array(starts.at(-1) as number);
  const values = new Float32Array(columns.length);
  for (const [row, bag] of bags.entries()) {
    const root = Math.sqrt(Math.max(1, bag.length));
    let at = starts[row] as number;
    for (const id of bag) {
      columns[at] = id;
      values[at++] = (weights[id] as number) / root;
    }
    for (const [column, value] of (dense?.[row] ?? []).entries()) {
      columns[at] = NGRAMS.buckets + column;
      values[at++] = value;
    }
  }
  return { starts, columns, values, width: NGRAMS.buckets + further };
}
