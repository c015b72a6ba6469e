/**
 * Where the header of a rows file lies. `faces.jsonl` has `faces.header.json`, and so has the folder `faces/`. Where
 * another rows file has the same name but for its ending, the header goes by the whole name, `faces.jsonl.header.json`;
 * that of a Parquet file, which often lies beside the rows that it was made from, always does.
 */
import { checkValue } from "../core/check-value.ts";
import { AffektError } from "../core/errors.ts";
import { notJson } from "../core/parse-json.ts";
import type { Files } from "../core/ports.ts";
import { ManifestHeader } from "./manifest.ts";

const ENDINGS = ["jsonl", "ndjson", "csv", "tsv", "parquet"] as const;
const ROWS_FILE = new RegExp(`\\.(${ENDINGS.join("|")})$`, "iu");

type Reading = Pick<Files, "exists" | "readText" | "sha256">;

/** Ending of a rows file, in lower case; undefined for anything else, such as a folder. */
export function rowsFormat(path: string): string | undefined {
  return ROWS_FILE.exec(path)?.[1]?.toLowerCase();
}

const stemOf = (path: string): string => path.replace(ROWS_FILE, "").replace(/(?<=.)\/+$/u, "");

/** The header that no other file can have. */
const ownHeader = (path: string): string => `${path.replace(/(?<=.)\/+$/u, "")}.header.json`;

/** The header that files of the same name share; a Parquet file has no part in it. */
const sharedHeader = (path: string): string | undefined =>
  rowsFormat(path) === "parquet" ? undefined : `${stemOf(path)}.header.json`;

/** Other rows files that could have the shared header. */
async function siblings(files: Reading, path: string): Promise<string[]> {
  const found: string[] = [];
  for (const ending of ENDINGS) {
    const other = `${stemOf(path)}.${ending}`;
    if (ending !== "parquet" && other !== path && (await files.exists(other))) found.push(other);
  }
  return found;
}

/** Where the header of rows that are being written goes, so that no other file takes it for its own. */
export async function headerToWrite(files: Reading, path: string): Promise<string> {
  const [own, shared] = [ownHeader(path), sharedHeader(path)];
  if (shared === undefined || (await files.exists(own)) || (await siblings(files, path)).length > 0) return own;
  return shared;
}

/** The file's name, for a header without one. */
const nameOf = (path: string): string => stemOf(path).replace(/^.*\//u, "") || "manifest";

async function parseHeader(files: Reading, beside: string, path: string): Promise<ManifestHeader> {
  const text = await files.readText(beside);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AffektError("manifest", `The header ${beside} ${notJson(text)}.`, "Correct it there, or delete it.", {
      cause,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) value = { name: nameOf(path), ...value };
  const checked = checkValue(ManifestHeader, value);
  if ("data" in checked) return checked.data;
  throw new AffektError(
    "manifest",
    `The header ${beside} is wrong: ${checked.problems.join("; ")}.`,
    "Correct the fields named, or delete it.",
  );
}

/** Whether a shared header is that of another file: its hash is of that one. */
async function isOfAnother(files: Reading, { sha256 }: ManifestHeader, path: string): Promise<boolean> {
  if (sha256 === undefined || rowsFormat(path) === undefined) return false;
  const others = await siblings(files, path);
  if (others.length === 0 || (await files.sha256(path)) === sha256) return false;
  for (const other of others) if ((await files.sha256(other)) === sha256) return true;
  return false;
}

/** The header of a rows file or folder; without one, a header that names it. @throws AffektError `manifest` */
export async function readHeader(files: Reading, path: string): Promise<ManifestHeader> {
  const [own, shared] = [ownHeader(path), sharedHeader(path)];
  if (await files.exists(own)) return parseHeader(files, own, path);
  if (shared !== undefined && (await files.exists(shared))) {
    const header = await parseHeader(files, shared, path);
    if (!(await isOfAnother(files, header, path))) return header;
  }
  return ManifestHeader.parse({ name: nameOf(path) });
}
