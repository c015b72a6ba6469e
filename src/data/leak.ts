/** Finds what stands in two splits at once and so makes a test result too good. */
import { AffektError } from "../core/errors.ts";
import type { Row, Split } from "./row.ts";
import { textKey } from "./text-key.ts";

export interface Leak {
  /** "subject", "text", "media" (same locator), "hash" (same bytes) or the name of an extra field. */
  readonly kind: string;
  readonly value: string;
  readonly splits: readonly Split[];
  /** Of the rows that share the value. */
  readonly ids: readonly string[];
}

export interface LeakOptions {
  /** Extra fields that name a source, such as `dupGroup`. */
  readonly fields?: readonly string[];
  /** What to look at. Default everything. */
  readonly kinds?: readonly ("subject" | "text" | "media" | "hash")[];
}

/** What a row might share with others. */
export function* leakKeys(row: Row, options: LeakOptions): Generator<readonly [kind: string, value: string]> {
  const kinds = options.kinds ?? ["subject", "text", "media", "hash"];
  if (row.subject !== undefined && kinds.includes("subject")) yield ["subject", row.subject];
  if (row.text !== undefined && kinds.includes("text")) yield ["text", textKey(row.text)];
  if (kinds.includes("media")) {
    for (const locator of [row.image, row.audio, row.video]) if (locator !== undefined) yield ["media", locator];
  }
  if (kinds.includes("hash")) {
    for (const [field, hash] of Object.entries(row.sha256 ?? {})) {
      // Parts of one file have the file's hash and are not the same.
      const part = /#.*$/u.exec(row[field as "image"] ?? "")?.[0] ?? "";
      yield ["hash", hash + part];
    }
  }
  for (const field of options.fields ?? []) {
    const value = row.extra[field];
    if (value !== undefined && value !== null) yield [field, String(value)];
  }
}

/** Everything that occurs in more than one split, in order of first occurrence. Rows without a split are not looked at. */
export function findLeaks(rows: Iterable<Row>, options: LeakOptions = {}): Leak[] {
  const seen = new Map<string, { kind: string; value: string; splits: Set<Split>; ids: string[] }>();
  for (const row of rows) {
    if (row.split === undefined) continue;
    for (const [kind, value] of leakKeys(row, options)) {
      const key = `${kind}\n${value}`;
      let entry = seen.get(key);
      if (entry === undefined) {
        entry = { kind, value, splits: new Set(), ids: [] };
        seen.set(key, entry);
      }
      entry.splits.add(row.split);
      entry.ids.push(row.id);
    }
  }
  return [...seen.values()]
    .filter((entry) => entry.splits.size > 1)
    .map(({ splits, ...entry }) => ({ ...entry, splits: [...splits] }));
}

/**
 * @throws AffektError `data` if a subject, by default, stands in two splits
 */
export function assertDisjoint(rows: Iterable<Row>, options: LeakOptions = { kinds: ["subject"] }): void {
  const leaks = findLeaks(rows, options);
  const first = leaks[0];
  if (first === undefined) return;
  throw new AffektError(
    "data",
    `The ${first.kind} ${JSON.stringify(first.value)} stands in ${first.splits.join(" and ")} (${leaks.length} such ${leaks.length === 1 ? "case" : "cases"}).`,
    "Split by subject (affekt data split), or leave the repeated training rows out.",
  );
}
