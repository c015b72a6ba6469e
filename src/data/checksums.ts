/** Checksums of the media that a manifest names, and whether they are all there and unchanged. */
import type { Files } from "../core/ports.ts";
import { parseLocator } from "./locator.ts";
import type { Manifest } from "./manifest.ts";
import { joinPath } from "./paths.ts";
import type { Problem, Row } from "./row.ts";

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

/** Media that are missing or, where the row has a checksum, changed. `line` is the row's place, counted from 1. */
export async function checkMedia(files: Files, manifest: Manifest): Promise<Problem[]> {
  const hash = hasher(files, manifest.base);
  const there = new Map<string, boolean>();
  const problems: Problem[] = [];
  for (const [at, row] of manifest.rows.entries()) {
    for (const field of MEDIA) {
      const locator = row[field];
      if (locator === undefined) continue;
      const path = joinPath(manifest.base, parseLocator(locator).path);
      const exists = there.get(path) ?? (await files.exists(path));
      there.set(path, exists);
      const expected = row.sha256?.[field];
      const reason = !exists
        ? `names the ${field} ${path}, which does not exist`
        : expected !== undefined && (await hash(locator)) !== expected
          ? `names the ${field} ${path}, whose bytes have changed`
          : undefined;
      if (reason !== undefined) problems.push({ code: "missing-file", line: at + 1, id: row.id, reason });
    }
  }
  return problems;
}
