/**
 * Rows tagged with their split in the type, so that training on a test split does not compile; and a check at run time
 * for those who come without types.
 */
import { AffektError } from "../core/errors.ts";
import type { Manifest } from "./manifest.ts";
import type { Row, Split } from "./row.ts";

export interface Samples<S extends Split> {
  readonly split: S;
  readonly rows: readonly (Row & { readonly split: S })[];
}

/** The rows of one split. Rows without a split belong to none. */
export function samplesOf<S extends Split>(source: Manifest | readonly Row[], split: S): Samples<S> {
  const rows = "rows" in source ? source.rows : source;
  return { split, rows: rows.filter((row): row is Row & { split: S } => row.split === split) };
}

/**
 * Uses a split for another purpose, on purpose: a corpus published as validation that one trains on, say. The test
 * split can become nothing else.
 */
export function repurpose<T extends Split>(samples: Samples<"train"> | Samples<"validation">, split: T): Samples<T> {
  if ((samples.split as Split) === "test") assertSplit(samples, "train");
  return { split, rows: samples.rows.map((row) => ({ ...row, split })) };
}

/**
 * The guard at run time, for code whose callers may come without types.
 *
 * @throws AffektError `data` if the samples, or any row among them, belong to another split
 */
export function assertSplit<S extends Split>(samples: Samples<Split>, split: S): asserts samples is Samples<S> {
  const wrong =
    samples.split === split
      ? samples.rows.find((row) => (row.split as Split | undefined) !== split)
      : { id: "all of them", split: samples.split };
  if (wrong === undefined) return;
  throw new AffektError(
    "data",
    `Expected ${split} samples; received ${wrong.split ?? "untagged"} samples (${wrong.id}).`,
    `Take them with samplesOf(manifest, "${split}"). A test split is for one evaluation at the end.`,
  );
}
