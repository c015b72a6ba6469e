/** From the files of a data set to a manifest on disk. */
import { AffektError } from "../core/errors.ts";
import type { Files, WritableFiles } from "../core/ports.ts";
import type { Dataset, PrepareOptions } from "./datasets/dataset.ts";
import { DATASETS } from "./datasets/table.ts";
import { type Manifest, type ManifestHeader, problemText } from "./manifest.ts";
import { folderOf, joinPath } from "./paths.ts";

import type { Problem, Row, Split } from "./row.ts";
import { writeRows } from "./write.ts";

/** What the preparation did. */
export interface PrepareReport {
  readonly name: string;
  readonly rows: number;
  /** Rows per split; "none" for rows without one. */
  readonly splits: Readonly<Partial<Record<Split | "none", number>>>;
  /** Rows per label; a row with several counts for each. */
  readonly labels: Readonly<Record<string, number>>;
  /** What was left out, and why. */
  readonly problems: readonly Problem[];
}

export interface PrepareDatasetOptions extends PrepareOptions {
  /** Folder of the files port that holds all data sets, or this one alone. Default ".". */
  readonly root?: string;
  /** The first broken row throws. Rows that the cleaning drops are not broken. Default false. */
  readonly strict?: boolean;
}

/** The same port, seen from a folder below. */
export function below(files: Files, folder: string): Files {
  const at = (path: string): string => joinPath(folder, path);
  const { table } = files;
  return {
    readText: (path) => files.readText(at(path)),
    readBytes: (path) => files.readBytes(at(path)),
    readRange: (path, start, end) => files.readRange(at(path), start, end),
    lines: (path) => files.lines(at(path)),
    list: (path) => files.list(at(path)),
    exists: (path) => files.exists(at(path)),
    absolute: (path) => files.absolute(at(path)),
    sha256: (path) => files.sha256(at(path)),
    ...(table === undefined ? {} : { table: (path: string) => table(at(path)) }),
  };
}

/** @throws AffektError `usage` if there is no such data set */
export function findDataset(name: string): Dataset {
  const wanted = name.toLowerCase().replaceAll("-", "_");
  const dataset = DATASETS.find((candidate) => candidate.name === wanted);
  if (dataset !== undefined) return dataset;
  const known = DATASETS.map((candidate) => candidate.name).join(", ");
  throw new AffektError("usage", `Unknown data set ${JSON.stringify(name)}.`, `Choose one of ${known}.`);
}

/** The data set's folder: below the root where it usually lies, by its name, or the root itself. */
async function locate(dataset: Dataset, files: Files, root: string): Promise<string | undefined> {
  const last = dataset.folder.replace(/^.*\//u, "");
  for (const folder of [dataset.folder, last]) {
    const path = joinPath(root, folder);
    if (await files.exists(joinPath(path, dataset.landmark))) return path;
  }
  const own = root.replace(/^.*\//u, "") === last || !(await files.exists(joinPath(root, folderOf(dataset.folder))));
  return own && (await files.exists(joinPath(root, dataset.landmark))) ? root : undefined;
}

function summarize(name: string, rows: readonly Row[], problems: readonly Problem[]): PrepareReport {
  const splits: Partial<Record<Split | "none", number>> = {};
  const labels: Record<string, number> = {};
  for (const row of rows) {
    const split = row.split ?? "none";
    splits[split] = (splits[split] ?? 0) + 1;
    const names = row.labels ?? (row.label === undefined ? Object.keys(row.distribution ?? {}) : [row.label]);
    for (const label of names) labels[label] = (labels[label] ?? 0) + 1;
  }
  return { name, rows: rows.length, splits, labels, problems };
}

/**
 * Reads a data set's own files into manifest rows.
 *
 * @param name of a data set in datasets/table.ts
 * @returns the manifest, whose `base` is the data set's folder in `files`, and a report
 * @throws AffektError `usage` for an unknown name; `file` if the data are not below the root; `manifest` if a row is
 *   broken and `strict` is set; `data` if the cleaning needs another data set that is not there
 */
export async function prepareDataset(
  name: string,
  files: Files,
  options: PrepareDatasetOptions = {},
): Promise<{ manifest: Manifest; report: PrepareReport }> {
  const dataset = findDataset(name);
  const root = options.root ?? ".";
  const base = await locate(dataset, files, root);
  if (base === undefined) {
    throw new AffektError(
      "file",
      `The data set ${dataset.name} is not below ${root}: expected ${dataset.folder}/${dataset.landmark}.`,
      "Name the folder that holds the data sets (--root, or AFFEKT_DATA), or the data set's own folder.",
    );
  }
  const { rows, problems } = await dataset.prepare({
    files: below(files, base),
    sibling: async (other) => {
      const place = findDataset(other);
      const found =
        (await locate(place, files, root)) ??
        (await locate(place, files, folderOf(base))) ??
        (await locate(place, files, folderOf(folderOf(base))));
      return found === undefined ? undefined : below(files, found);
    },
    options,
  });
  const broken = problems.find((problem) => problem.code !== "dropped");
  if (options.strict === true && broken !== undefined) {
    throw new AffektError("manifest", problemText(broken), "Mend the row, or prepare without strict to leave it out.");
  }
  const header: ManifestHeader = {
    name: dataset.name,
    version: dataset.version,
    labels: [...dataset.labels],
    licence: dataset.licence,
    terms: dataset.terms,
    source: dataset.source,
    ...(dataset.citation === undefined ? {} : { citation: dataset.citation }),
  };
  return { manifest: { header, rows, base }, report: summarize(dataset.name, rows, problems) };
}

/**
 * Writes rows as JSONL or Parquet, by the path's ending, and the header beside them. Locators are rewritten to be
 * relative to the new place.
 *
 * @param path of the rows file, such as `out/fer2013.jsonl`
 * @returns the manifest as `readManifest` would give it, with the hash of the rows file
 * @throws AffektError `file` if it cannot be written
 */
export async function writeManifest(files: WritableFiles, path: string, manifest: Manifest): Promise<Manifest> {
  const { moved, header } = await writeRows(files, path, manifest);
  return { header, rows: manifest.rows.map(moved), base: folderOf(path) };
}
