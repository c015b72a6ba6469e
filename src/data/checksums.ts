/** Checksums of the media that a manifest names, and whether they are all there and unchanged. */
import { AffektError } from "../core/errors.ts";
import type { Files } from "../core/ports.ts";
import { parseLocator } from "./locator.ts";
import type { Manifest } from "./manifest.ts";
import { joinPath } from "./paths.ts";
import { locatorProblem, type Problem, type Row } from "./row.ts";

const MEDIA = ["image", "audio", "video"] as const;

/** Hashes each file once, however many rows point into it. */
function hasher(files: Files, base: string): (locator: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (locator) => {
    const path = joinPath(base, parseLocator(locator).path);
    const hash = known.get(path) ?? files.sha256(path);
    known.set(path, hash);
    return hash;
  };
}

/**
 * The same manifest with `sha256` of every medium.
 *
 * @throws AffektError `file` if one cannot be read
 */
export async function withChecksums(files: Files, manifest: Manifest): Promise<Manifest> {
  const hash = hasher(files, manifest.base);
  const rows: Row[] = [];
  for (const row of manifest.rows) {
    const sha256: Record<string, string> = {};
    for (const field of MEDIA) {
      const locator = row[field];
      if (locator !== undefined) sha256[field] = await hash(locator);
    }
    rows.push(Object.keys(sha256).length === 0 ? row : { ...row, sha256 });
  }
  return { ...manifest, rows };
}

export interface CheckMediaOptions {
  /** Where rows stand, as `readManifest` says. Without it, a row's place in the manifest, counted from 1. */
  readonly lines?: ReadonlyMap<string, number>;
  /** Name to put before line numbers. */
  readonly file?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Media that are missing, cannot be read or named, or, where the row has a checksum, changed. Never stops early. */
export async function checkMedia(
  files: Files,
  manifest: Manifest,
  { lines, file, onProgress }: CheckMediaOptions = {},
): Promise<Problem[]> {
  const hash = hasher(files, manifest.base);
  const there = new Map<string, boolean>();
  async function problemOf(
    field: string,
    locator: string,
    expected: string | undefined,
  ): Promise<Pick<Problem, "code" | "reason"> | undefined> {
    const broken = locatorProblem(locator);
    if (broken !== undefined) return { code: "locator", reason: broken };
    const path = joinPath(manifest.base, parseLocator(locator).path);
    const exists = there.get(path) ?? (await files.exists(path));
    there.set(path, exists);
    if (!exists) return { code: "missing-file", reason: `names the ${field} ${path}, which does not exist` };
    if (expected === undefined) return undefined;
    try {
      if ((await hash(locator)) === expected) return undefined;
    } catch (cause) {
      if (!(cause instanceof AffektError)) throw cause;
      return { code: "missing-file", reason: `names the ${field} ${path}: ${cause.message}` };
    }
    return { code: "changed-file", reason: `names the ${field} ${path}, whose bytes have changed` };
  }
  const problems: Problem[] = [];
  for (const [at, row] of manifest.rows.entries()) {
    for (const field of MEDIA) {
      const locator = row[field];
      if (locator === undefined) continue;
      const problem = await problemOf(field, locator, row.sha256?.[field]);
      if (problem === undefined) continue;
      const where = { line: lines?.get(row.id) ?? at + 1, ...(file === undefined ? {} : { file }) };
      problems.push({ ...problem, ...where, id: row.id });
    }
    onProgress?.(at + 1, manifest.rows.length);
  }
  return problems;
}
