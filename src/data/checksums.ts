/** Checksums of the media that a manifest names, and whether they are all there and unchanged. */
import { AffektError } from "../core/errors.ts";
import type { Files } from "../core/ports.ts";
import { parseLocator } from "./locator.ts";
import type { Manifest } from "./manifest.ts";
import { joinPath } from "./paths.ts";
import { locatorProblem, type Problem, type Row } from "./row.ts";

const MEDIA = ["image", "audio", "video"] as const;

/** Answers that are remembered; older ones are forgotten, so that any number of files fits in memory. */
const REMEMBERED = 4096;

/** Asks once about each path, however many rows in a row point into the file. */
function remembering<T>(ask: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const answer = ask(path);
    known.set(path, answer);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value as string);
    return answer;
  };
}

function pathOf(base: string, locator: string): string {
  return joinPath(base, parseLocator(locator).path);
}

/**
 * The same manifest with `sha256` of every medium.
 *
 * @throws AffektError `file` if one cannot be read
 */
export async function withChecksums(files: Files, manifest: Manifest): Promise<Manifest> {
  const hash = remembering((path) => files.sha256(path));
  const rows: Row[] = [];
  for (const row of manifest.rows) {
    const sha256: Record<string, string> = {};
    for (const field of MEDIA) {
      const locator = row[field];
      if (locator !== undefined) sha256[field] = await hash(pathOf(manifest.base, locator));
    }
    rows.push(Object.keys(sha256).length === 0 ? row : { ...row, sha256 });
  }
  return { ...manifest, rows };
}

/**
 * Looks for media that are missing, cannot be read or named, or, where the row has a checksum, changed.
 *
 * @param base folder that the locators are relative to
 * @returns what is wrong with a row's media; it never throws on account of one
 */
export function mediaChecker(
  files: Pick<Files, "exists" | "sha256">,
  base: string,
): (row: Row) => Promise<Pick<Problem, "code" | "reason">[]> {
  const hash = remembering((path) => files.sha256(path));
  const there = remembering((path) => files.exists(path));
  async function problemOf(
    field: string,
    locator: string,
    expected: string | undefined,
  ): Promise<Pick<Problem, "code" | "reason"> | undefined> {
    const broken = locatorProblem(locator);
    if (broken !== undefined) return { code: "locator", reason: broken };
    const path = pathOf(base, locator);
    if (!(await there(path))) {
      return { code: "missing-file", reason: `names the ${field} ${path}, which does not exist` };
    }
    if (expected === undefined) return undefined;
    try {
      if ((await hash(path)) === expected) return undefined;
    } catch (cause) {
      if (!(cause instanceof AffektError)) throw cause;
      return { code: "missing-file", reason: `names the ${field} ${path}: ${cause.message}` };
    }
    return { code: "changed-file", reason: `names the ${field} ${path}, whose bytes have changed` };
  }
  return async (row) => {
    const problems: Pick<Problem, "code" | "reason">[] = [];
    for (const field of MEDIA) {
      const locator = row[field];
      if (locator === undefined) continue;
      const problem = await problemOf(field, locator, row.sha256?.[field]);
      if (problem !== undefined) problems.push(problem);
    }
    return problems;
  };
}
