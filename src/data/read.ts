/** Reading a manifest: JSONL, csv or tsv rows, or class folders, with an optional header beside them. */
import { AffektError } from "../core/errors.ts";
import type { Files } from "../core/ports.ts";
import {
  type Collected,
  type CollectOptions,
  collectRows,
  type Manifest,
  ManifestHeader,
  type Parsed,
} from "./manifest.ts";
import { folderOf, joinPath } from "./paths.ts";
import { readCsv } from "./readers/csv.ts";
import { readFolder } from "./readers/folder.ts";
import { readJsonl } from "./readers/jsonl.ts";
import type { Problem, Row } from "./row.ts";

const ROWS_FILE = /\.(jsonl|ndjson|csv|tsv)$/iu;

/** `faces.jsonl` → `faces.header.json`; so does the folder `faces/`. */
export function headerPath(path: string): string {
  return `${path.replace(ROWS_FILE, "").replace(/(?<=.)\/+$/u, "")}.header.json`;
}

function records(files: Files, path: string): AsyncIterable<Parsed> {
  const kind = ROWS_FILE.exec(path)?.[1]?.toLowerCase();
  if (kind === "jsonl" || kind === "ndjson") return readJsonl(files.lines(path));
  return readCsv(files.lines(path), { delimiter: kind === "tsv" ? "\t" : undefined });
}

async function readClassFolders(files: Files, path: string, options: CollectOptions) {
  try {
    return await readFolder(files, path, options);
  } catch (cause) {
    const unlisted = cause instanceof AffektError && cause.code === "file" && (await files.exists(path));
    if (!unlisted) throw cause;
    throw new AffektError(
      "manifest",
      `The manifest ${path} is neither a .jsonl, .csv or .tsv file nor a folder that can be listed.`,
      "Name a manifest file, or a folder of class folders: [train|validation|test]/CLASS/[SUBJECT]/file.",
      { cause },
    );
  }
}

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

async function readHeader(files: Files, path: string): Promise<ManifestHeader> {
  const beside = headerPath(path);
  const name = beside.replace(/^.*\//u, "").replace(/\.header\.json$/u, "") || "manifest";
  if (!(await files.exists(beside))) return ManifestHeader.parse({ name });
  let value: unknown;
  try {
    value = JSON.parse(await files.readText(beside));
  } catch (cause) {
    if (cause instanceof AffektError) throw cause;
    throw new AffektError("manifest", `The header ${beside} is not JSON.`, "Mend or delete it.", { cause });
  }
  const parsed = ManifestHeader.safeParse(value);
  if (parsed.success) return parsed.data;
  const reason = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw new AffektError("manifest", `The header ${beside} is wrong: ${reason}.`, "Mend or delete it.");
}

async function readFile(
  files: Files,
  path: string,
  options: ReadOptions,
): Promise<{ header: ManifestHeader; base: string; collected: Collected }> {
  const header = await readHeader(files, path);
  if (!ROWS_FILE.test(path)) {
    // A hash is of a rows file, and there is none.
    const { sha256: _sha256, ...rest } = header;
    const { manifest, problems, lines } = await readClassFolders(files, path, collectOptions(path, header, options));
    return { header: rest, base: manifest.base, collected: { rows: [...manifest.rows], problems, lines } };
  }
  const sha256 = await files.sha256(path);
  if (header.sha256 !== undefined && header.sha256 !== sha256 && options.verify !== false) {
    throw new AffektError(
      "manifest",
      `${path} is not the file its header describes: SHA-256 ${sha256}, expected ${header.sha256}.`,
      "Prepare the data set again, or delete the header if the change was meant.",
    );
  }
  const collected = await collectRows(records(files, path), collectOptions(path, header, options));
  return { header: { ...header, sha256 }, base: folderOf(path), collected };
}

function collectOptions(path: string, header: ManifestHeader, options: ReadOptions): CollectOptions {
  return {
    file: path,
    labels: [...header.labels, ...(options.labels ?? [])],
    ...(options.strict === undefined ? {} : { strict: options.strict }),
    ...(options.require === undefined ? {} : { require: options.require }),
  };
}

/**
 * Reads a manifest. Broken rows are in `problems`, with line and reason.
 *
 * @param path a .jsonl, .csv or .tsv file; anything else is taken for a folder of class folders (readers/folder.ts)
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
  const { header, base, collected } = await readFile(files, path, options);
  const { rows, problems, lines } = collected;
  if (rows.length === 0) {
    const first = problems[0];
    throw new AffektError(
      "manifest",
      `${path} has no usable row${first === undefined ? "" : `; line ${first.line} ${first.reason}`}.`,
      "A row needs an id and one of text, image, audio, video; in class folders, a place below a folder named like its label.",
    );
  }
  return { manifest: { header, rows, base }, problems, lines };
}

/** The locator of a row's medium, as a path that the caller's files port can open. */
export function mediaPath(manifest: Manifest, row: Row, field: "image" | "audio" | "video"): string | undefined {
  const locator = row[field];
  return locator === undefined ? undefined : joinPath(manifest.base, locator);
}
