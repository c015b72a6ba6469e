/**
 * Opens a manifest for reading row by row, in memory that does not grow with the rows but for 12 to 36 bytes each, by
 * which repeated ids are found.
 */
import { AffektError } from "../core/errors.ts";
import type { Files } from "../core/ports.ts";
import { createHashIndex } from "./hash-index.ts";
import { readHeader, rowsFormat } from "./header.ts";
import {
  type CollectOptions,
  checkRecords,
  type FirstLine,
  type ManifestHeader,
  type Parsed,
  type Read,
} from "./manifest.ts";
import { folderOf } from "./paths.ts";
import { readCsv } from "./readers/csv.ts";
import { folderRecords } from "./readers/folder.ts";
import { readJsonl } from "./readers/jsonl.ts";
import { readTable } from "./readers/table.ts";

export interface ReadOptions {
  /** The first broken row throws. Default false. */
  readonly strict?: boolean;
  /** Labels beyond the vocabulary that are allowed, besides those of the header. */
  readonly labels?: readonly string[];
  /** Fields that every row must have, such as `label`. */
  readonly require?: readonly string[];
  /** Check the rows file against the hash in the header. Default true. */
  readonly verify?: boolean;
}

export interface OpenManifest {
  /** `sha256` is that of the rows file as it is; absent for class folders. */
  readonly header: ManifestHeader;
  /** Folder that the locators in the rows are relative to. */
  readonly base: string;
  /**
   * All rows in order, and in their places what is wrong with the others. Every call reads the file anew.
   *
   * @param firstLine remembers ids; by default their hashes
   * @param after passes over everything up to this line
   * @throws AffektError `file` if it cannot be read; `manifest` on the first broken row if `strict`
   */
  rows(firstLine?: FirstLine, after?: number): AsyncGenerator<Read>;
}

/** Remembers ids by their hashes. */
function hashedLines(): FirstLine {
  const index = createHashIndex();
  return (id, line) => index.add(id, line);
}

function records(files: Files, path: string, format: string): AsyncIterable<Parsed> {
  if (format === "jsonl" || format === "ndjson") return readJsonl(files.lines(path));
  if (format !== "parquet") return readCsv(files.lines(path), { delimiter: format === "tsv" ? "\t" : undefined });
  if (files.table !== undefined) return readTable(files.table(path));
  throw new AffektError(
    "missing-tool",
    `Parquet files such as ${path} cannot be read here.`,
    "Convert it where affekt runs in Node: affekt data convert FILE.parquet FILE.jsonl",
  );
}

async function listFolder(files: Files, path: string): Promise<readonly string[]> {
  try {
    return await files.list(path);
  } catch (cause) {
    const unlisted = cause instanceof AffektError && cause.code === "file" && (await files.exists(path));
    if (!unlisted) throw cause;
    throw new AffektError(
      "manifest",
      `The manifest ${path} is neither a .jsonl, .csv, .tsv or .parquet file nor a folder that can be listed.`,
      "Name a manifest file, or a folder of class folders: [train|validation|test]/CLASS/[SUBJECT]/file.",
      { cause },
    );
  }
}

/** The error of a manifest without rows. @param first what is wrong with the first of its lines */
export function noUsableRow(path: string, first?: { readonly line: number; readonly reason: string }): AffektError {
  return new AffektError(
    "manifest",
    `${path} has no usable row${first === undefined ? "" : `; line ${first.line} ${first.reason}`}.`,
    "A row needs an id and one of text, image, audio, video; in class folders, a place below a folder named like its label.",
  );
}

/**
 * Reads the header, and the rows file once for its hash.
 *
 * @param path a .jsonl, .csv, .tsv or .parquet file; anything else is taken for a folder of class folders
 *   (readers/folder.ts), whose lines are places in the sorted listing
 * @throws AffektError `file` if it cannot be read; `manifest` if the header is wrong or the hash differs
 */
export async function openManifest(files: Files, path: string, options: ReadOptions = {}): Promise<OpenManifest> {
  const header = await readHeader(files, path);
  const format = rowsFormat(path);
  const collect: CollectOptions = {
    file: path,
    labels: [...header.labels, ...(options.labels ?? [])],
    ...(options.strict === undefined ? {} : { strict: options.strict }),
    ...(options.require === undefined ? {} : { require: options.require }),
  };
  if (format === undefined) {
    const listing = await listFolder(files, path);
    // A hash is of a rows file, and there is none.
    const { sha256: _sha256, ...rest } = header;
    return {
      header: rest,
      base: path,
      rows: (firstLine = hashedLines(), after = 0) =>
        checkRecords(folderRecords(listing), { ...collect, after }, firstLine),
    };
  }
  const sha256 = await files.sha256(path);
  if (header.sha256 !== undefined && header.sha256 !== sha256 && options.verify !== false) {
    throw new AffektError(
      "manifest",
      `${path} is not the file its header describes: SHA-256 ${sha256}, expected ${header.sha256}.`,
      "Prepare the data set again, or delete the header if the change was meant.",
    );
  }
  return {
    header: { ...header, sha256 },
    base: folderOf(path),
    rows: (firstLine = hashedLines(), after = 0) =>
      checkRecords(records(files, path, format), { ...collect, after }, firstLine),
  };
}
