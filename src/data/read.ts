/** Reading a whole manifest: JSONL, csv, tsv or Parquet rows, or class folders, with an optional header beside them. */
import type { Files } from "../core/ports.ts";
import type { Manifest } from "./manifest.ts";
import { noUsableRow, openManifest, type ReadOptions } from "./open.ts";
import { joinPath } from "./paths.ts";
import type { Problem, Row } from "./row.ts";

/**
 * Reads a manifest. Broken rows are in `problems`, with line and reason. Everything is held in memory: `openManifest`
 * reads row by row.
 *
 * @param path a .jsonl, .csv, .tsv or .parquet file; anything else is taken for a folder of class folders
 * @returns the manifest, with `base` the folder of the file and `header.sha256` the hash of the rows file, and the
 *   line of each row by its id; for class folders the folder itself, no hash, and places in the sorted listing
 * @throws AffektError `file` if it cannot be read; `manifest` if the header is wrong, the hash differs, no row is left,
 *   or a row is broken and `strict` is set
 */
export async function readManifest(
  files: Files,
  path: string,
  options: ReadOptions = {},
): Promise<{ manifest: Manifest; problems: Problem[]; lines: ReadonlyMap<string, number> }> {
  const { header, base, rows: read } = await openManifest(files, path, options);
  const rows: Row[] = [];
  const problems: Problem[] = [];
  const lines = new Map<string, number>();
  const firstLine = (id: string, line: number): number => {
    const first = lines.get(id);
    if (first === undefined) lines.set(id, line);
    return first ?? -1;
  };
  for await (const item of read(firstLine)) {
    if ("row" in item) rows.push(item.row);
    else problems.push(item.problem);
  }
  if (rows.length === 0) throw noUsableRow(path, problems[0]);
  return { manifest: { header, rows, base }, problems, lines };
}

/** The locator of a row's medium, as a path that the caller's files port can open. */
export function mediaPath(
  manifest: Pick<Manifest, "base">,
  row: Row,
  field: "image" | "audio" | "video",
): string | undefined {
  const locator = row[field];
  return locator === undefined ? undefined : joinPath(manifest.base, locator);
}
