/** Reading a manifest from a file: JSONL, csv or tsv rows with an optional header beside them. */
import { AffektError } from "../core/errors.ts";
import type { Files } from "../core/ports.ts";
import { collectRows, type Manifest, ManifestHeader, type Parsed } from "./manifest.ts";
import { folderOf, joinPath } from "./paths.ts";
import { readCsv } from "./readers/csv.ts";
import { readJsonl } from "./readers/jsonl.ts";
import type { Problem, Row } from "./row.ts";

const ROWS_FILE = /\.(jsonl|ndjson|csv|tsv)$/iu;

/** `faces.jsonl` → `faces.header.json`. */
export function headerPath(path: string): string {
  return `${path.replace(ROWS_FILE, "")}.header.json`;
}

function records(files: Files, path: string): AsyncIterable<Parsed> {
  const kind = ROWS_FILE.exec(path)?.[1]?.toLowerCase();
  if (kind === "jsonl" || kind === "ndjson") return readJsonl(files.lines(path));
  if (kind === "csv" || kind === "tsv")
    return readCsv(files.lines(path), { delimiter: kind === "tsv" ? "\t" : undefined });
  throw new AffektError(
    "manifest",
    `The manifest ${path} is not a .jsonl, .csv or .tsv file.`,
    "Name a manifest file, or read a folder of class folders with readFolder.",
  );
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
  const name = path.replace(/^.*\//u, "").replace(ROWS_FILE, "");
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

/**
 * Reads a manifest. Broken rows are in `problems`, with line and reason.
 *
 * @returns the manifest, with `base` the folder of the file and `header.sha256` the hash of the rows file
 * @throws AffektError `file` if it cannot be read; `manifest` if the header is wrong, the hash differs, no row is left,
 *   or a row is broken and `strict` is set
 */
export async function readManifest(
  files: Files,
  path: string,
  options: ReadOptions = {},
): Promise<{ manifest: Manifest; problems: Problem[] }> {
  const header = await readHeader(files, path);
  const sha256 = await files.sha256(path);
  if (header.sha256 !== undefined && header.sha256 !== sha256 && options.verify !== false) {
    throw new AffektError(
      "manifest",
      `${path} is not the file its header describes: SHA-256 ${sha256}, expected ${header.sha256}.`,
      "Prepare the data set again, or delete the header if the change was meant.",
    );
  }
  const { rows, problems } = await collectRows(records(files, path), {
    file: path,
    labels: [...header.labels, ...(options.labels ?? [])],
    ...(options.strict === undefined ? {} : { strict: options.strict }),
    ...(options.require === undefined ? {} : { require: options.require }),
  });
  if (rows.length === 0) {
    const first = problems[0];
    throw new AffektError(
      "manifest",
      `${path} has no usable row${first === undefined ? "" : `; line ${first.line} ${first.reason}`}.`,
      "A row needs an id and one of text, image, audio, video.",
    );
  }
  return { manifest: { header: { ...header, sha256 }, rows, base: folderOf(path) }, problems };
}

/** The locator of a row's medium, as a path that the caller's files port can open. */
export function mediaPath(manifest: Manifest, row: Row, field: "image" | "audio" | "video"): string | undefined {
  const locator = row[field];
  return locator === undefined ? undefined : joinPath(manifest.base, locator);
}
