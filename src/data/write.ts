/** Writing rows one by one, so that a manifest of any length goes through. */
import { AffektError } from "../core/errors.ts";
import type { WritableFiles } from "../core/ports.ts";
import { headerToWrite, rowsFormat } from "./header.ts";
import type { ManifestHeader } from "./manifest.ts";
import { folderOf, joinPath, relativePath } from "./paths.ts";
import { type Row, rowRecord } from "./row.ts";

/** Rows to be written, and where their locators start from. */
export interface RowsToWrite {
  readonly header: ManifestHeader;
  readonly base: string;
  readonly rows: Iterable<Row> | AsyncIterable<Row>;
}

/** The same row, with locators relative to another folder. Both are absolute. */
function rebase(row: Row, from: string, to: string): Row {
  if (from === to) return row;
  const moved = (locator: string): string => {
    const hash = locator.indexOf("#");
    const path = hash < 0 ? locator : locator.slice(0, hash);
    const there = joinPath(from, path);
    return (there === path ? path : relativePath(to, there)) + (hash < 0 ? "" : locator.slice(hash));
  };
  const { image, audio, video, features } = row;
  return {
    ...row,
    ...(image === undefined ? {} : { image: moved(image) }),
    ...(audio === undefined ? {} : { audio: moved(audio) }),
    ...(video === undefined ? {} : { video: moved(video) }),
    ...(features === undefined
      ? {}
      : { features: Object.fromEntries(Object.entries(features).map(([key, locator]) => [key, moved(locator)])) }),
  };
}

/** @throws AffektError `usage` if the path does not end like a rows file that can be written */
export function assertWritable(path: string): void {
  if (["jsonl", "ndjson", "parquet"].includes(rowsFormat(path) ?? "")) return;
  throw new AffektError(
    "usage",
    `Rows cannot be written to ${path}; expected a path that ends in .jsonl or .parquet.`,
    "Name the output with one of these endings.",
  );
}

/**
 * Writes rows as they come, as JSONL or Parquet by the path's ending, and then the header beside them. Locators are
 * rewritten to be relative to the new place.
 *
 * @returns the header with the hash of the rows file, how many rows were written, and what rewrites a row's locators
 * @throws AffektError `usage`, `file`, `missing-tool`, and whatever `rows` throws; no file is left then
 */
export async function writeRows(
  files: WritableFiles,
  path: string,
  { header, base, rows }: RowsToWrite,
): Promise<{ header: ManifestHeader; count: number; moved: (row: Row) => Row }> {
  assertWritable(path);
  const [from, to] = [files.absolute(base), files.absolute(folderOf(path))];
  const moved = (row: Row): Row => rebase(row, from, to);
  let count = 0;
  async function* records(): AsyncGenerator<Record<string, unknown>> {
    for await (const row of rows) {
      count++;
      yield rowRecord(moved(row));
    }
  }
  async function* lines(): AsyncGenerator<string> {
    for await (const record of records()) yield `${JSON.stringify(record)}\n`;
  }
  if (rowsFormat(path) !== "parquet") await files.write(path, lines());
  else if (files.writeTable !== undefined) await files.writeTable(path, records());
  else {
    throw new AffektError("missing-tool", `Parquet files such as ${path} cannot be written here.`, "Write .jsonl.");
  }
  const written = { ...header, sha256: await files.sha256(path) };
  await files.write(await headerToWrite(files, path), `${JSON.stringify(written, null, 2)}\n`);
  return { header: written, count, moved };
}
