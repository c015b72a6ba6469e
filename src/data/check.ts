/** Everything that is wrong with a manifest, found row by row: a million rows are checked in the memory of a thousand. */
import type { Files } from "../core/ports.ts";
import { mediaChecker } from "./checksums.ts";
import { leakScan } from "./leak-scan.ts";
import type { ManifestHeader } from "./manifest.ts";
import { noUsableRow, openManifest } from "./open.ts";
import type { Problem } from "./row.ts";

export interface CheckReport {
  readonly header: ManifestHeader;
  /** How many rows are usable. */
  readonly rows: number;
  /** In order of their lines; the first ones of each kind where there are very many. */
  readonly problems: readonly Problem[];
  /** How many problems of each code there are. */
  readonly counts: Readonly<Partial<Record<Problem["code"], number>>>;
}

export interface CheckOptions {
  /** How many problems are kept, and how many leaks. Default 10,000. */
  readonly keep?: number;
  readonly onProgress?: (rows: number) => void;
}

/**
 * Rows that cannot be read, media that are missing or changed, and whatever stands in more than one split: a subject, a
 * text, a medium (by its locator), or content (by its checksum).
 *
 * @throws AffektError `file` if the manifest cannot be read; `manifest` if its header is wrong or no row is usable
 */
export async function checkManifest(
  files: Files,
  path: string,
  { keep = 10_000, onProgress }: CheckOptions = {},
): Promise<CheckReport> {
  const manifest = await openManifest(files, path);
  const wrongMedia = mediaChecker(files, manifest.base);
  const leaks = leakScan({}, keep);
  const problems: Problem[] = [];
  const counts: Partial<Record<Problem["code"], number>> = {};
  const tell = (problem: Problem): void => {
    counts[problem.code] = (counts[problem.code] ?? 0) + 1;
    if (problems.length < keep) problems.push(problem);
  };
  let rows = 0;
  for await (const read of manifest.rows()) {
    if ("problem" in read) {
      tell(read.problem);
      continue;
    }
    rows++;
    leaks.see(read.row);
    for (const wrong of await wrongMedia(read.row)) tell({ ...wrong, line: read.line, file: path, id: read.row.id });
    onProgress?.(rows);
  }
  if (rows === 0) throw noUsableRow(path, problems[0]);
  if (leaks.found > 0) {
    for await (const read of manifest.rows()) if ("row" in read) leaks.gather(read.row, read.line);
    problems.push(...leaks.problems(path));
    counts.leak = leaks.found;
  }
  return { header: manifest.header, rows, problems: problems.sort((a, b) => a.line - b.line), counts };
}
