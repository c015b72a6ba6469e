/** Copies of a manifest on disk, split anew or in another format, row by row. */
import type { WritableFiles } from "../core/ports.ts";
import { noUsableRow, openManifest } from "./open.ts";
import type { Problem, Row, Split } from "./row.ts";
import { type SplitOptions, splitPlanner } from "./split.ts";
import { assertWritable, writeRows } from "./write.ts";

export interface CopyReport {
  readonly path: string;
  readonly rows: number;
  /** SHA-256 of the rows file. */
  readonly sha256: string;
  /** How many rows were left out. */
  readonly leftOut: number;
}

export interface SplitReport extends CopyReport {
  readonly splits: Readonly<Partial<Record<Split, number>>>;
}

export interface CopyOptions {
  /** The first broken row throws, and nothing is written. Default false. */
  readonly strict?: boolean;
  readonly onProblem?: (problem: Problem) => void;
  readonly onProgress?: (rows: number) => void;
}

/**
 * Copies a manifest with other splits: no subject stands in two, classes keep their proportions, whatever splits the
 * rows had before. The same rows, shares and seed give the same splits as `splitBySubject`.
 *
 * @param to a path that ends in .jsonl or .parquet
 * @throws AffektError `file`, `usage`; `manifest` if no row is usable, or one is broken and `strict` is set; `data` if
 *   there are fewer subjects than splits
 */
export async function splitManifest(
  files: WritableFiles,
  from: string,
  to: string,
  options: SplitOptions & CopyOptions = {},
): Promise<SplitReport> {
  assertWritable(to);
  const { strict = false, onProblem, onProgress } = options;
  const manifest = await openManifest(files, from, { strict });
  const planner = splitPlanner(options);
  let [seen, leftOut]: [number, number] = [0, 0];
  let first: Problem | undefined;
  for await (const read of manifest.rows()) {
    if ("row" in read) {
      planner.see(read.row);
      seen++;
      onProgress?.(seen);
    } else {
      first ??= read.problem;
      leftOut++;
      onProblem?.(read.problem);
    }
  }
  if (seen === 0) throw noUsableRow(from, first);
  const splitOf = planner.plan();
  const splits: Partial<Record<Split, number>> = {};
  async function* rows(): AsyncGenerator<Row> {
    for await (const read of manifest.rows()) {
      if (!("row" in read)) continue;
      const split = splitOf(read.row);
      splits[split] = (splits[split] ?? 0) + 1;
      yield { ...read.row, split };
    }
  }
  const { header, count } = await writeRows(files, to, { ...manifest, rows: rows() });
  return { path: to, rows: count, sha256: header.sha256 ?? "", leftOut, splits };
}

/**
 * Copies a manifest into the format that the new path ends in: JSONL or Parquet.
 *
 * @throws AffektError `file`, `usage`; `manifest` if no row is usable, or one is broken and `strict` is set;
 *   `missing-tool` for Parquet without its package
 */
export async function convertManifest(
  files: WritableFiles,
  from: string,
  to: string,
  { strict = false, onProblem, onProgress }: CopyOptions = {},
): Promise<CopyReport> {
  assertWritable(to);
  const manifest = await openManifest(files, from, { strict });
  let [seen, leftOut]: [number, number] = [0, 0];
  let first: Problem | undefined;
  async function* rows(): AsyncGenerator<Row> {
    for await (const read of manifest.rows()) {
      if ("row" in read) {
        seen++;
        onProgress?.(seen);
        yield read.row;
      } else {
        first ??= read.problem;
        leftOut++;
        onProblem?.(read.problem);
      }
    }
    if (seen === 0) throw noUsableRow(from, first);
  }
  const { header, count } = await writeRows(files, to, { ...manifest, rows: rows() });
  return { path: to, rows: count, sha256: header.sha256 ?? "", leftOut };
}
