/** Rows of a typed table (Parquet), which a platform has read: plain objects, one a row. */
import type { Parsed } from "../manifest.ts";

/** `line` is the place in the table, counted from 1. */
export async function* readTable(rows: AsyncIterable<Readonly<Record<string, unknown>>>): AsyncGenerator<Parsed> {
  let line = 0;
  for await (const value of rows) yield { line: ++line, value };
}
