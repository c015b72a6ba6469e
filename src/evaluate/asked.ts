/** What came of asking about rows, and how it is asked: rows that fail are skipped with their reason. */
import { AffektError } from "../core/errors.ts";
import { type Settled, settled } from "../core/settled.ts";
import { parseLocator } from "../data/locator.ts";
import type { Row } from "../data/row.ts";
import { isPart } from "./row-media.ts";

/** Rows asked in one go. */
export const CHUNK = 64;

/** A row that could not be asked about. */
export interface Skipped {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
}

export interface Asked<T> {
  readonly answers: readonly { readonly row: Row; readonly answer: T }[];
  readonly skipped: readonly Skipped[];
}

export interface AskOptions {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was said in one way of asking, while it is being asked. */
class Said<T> {
  readonly answers: { row: Row; answer: T }[] = [];
  readonly skipped: Skipped[] = [];

  add(row: Row, answer: Settled<T>): void {
    if ("value" in answer) this.answers.push({ row, answer: answer.value });
    else this.skipped.push({ id: row.id, code: answer.error.code, reason: answer.error.message });
  }
}

/**
 * Prepares each row by itself, then asks about those that could be prepared, in several ways: what is read of a row is
 * read once. A row that cannot be prepared is skipped in all of them.
 *
 * @param contents of the rows, in order
 * @param ask answers of each way, about each of the prepared
 */
export async function askInWays<C, P, T>(
  rows: readonly Row[],
  contents: AsyncIterable<C> | Iterable<C>,
  prepare: (row: Row, content: C) => Promise<P>,
  ask: (prepared: readonly P[]) => Promise<readonly (readonly Settled<T>[])[]>,
  ways: number,
  { onProgress, signal }: AskOptions,
): Promise<Asked<T>[]> {
  const said = Array.from({ length: ways }, () => new Said<T>());
  let ready: { row: Row; prepared: P }[] = [];
  let done = 0;
  for await (const content of contents) {
    if (signal?.aborted) {
      throw new AffektError("aborted", "The evaluation was stopped by its caller.", "Nothing to do.");
    }
    const row = rows[done++] as Row;
    const result = await settled(prepare(row, content));
    if ("error" in result) for (const own of said) own.add(row, result);
    else ready.push({ row, prepared: result.value });
    if (done % CHUNK > 0 && done < rows.length) continue;
    const all = await ask(ready.map(({ prepared }) => prepared));
    for (const [way, own] of said.entries()) {
      for (const [index, { row: of }] of ready.entries()) own.add(of, all[way]?.[index] as Settled<T>);
    }
    ready = [];
    onProgress?.(done, rows.length);
  }
  return said.map(({ answers, skipped }) => ({ answers, skipped }));
}

/** In one way. */
export async function askInChunks<C, P, T>(
  rows: readonly Row[],
  contents: AsyncIterable<C> | Iterable<C>,
  prepare: (row: Row, content: C) => Promise<P>,
  ask: (prepared: readonly P[]) => Promise<readonly Settled<T>[]>,
  options: AskOptions,
): Promise<Asked<T>> {
  const [asked] = await askInWays(rows, contents, prepare, async (prepared) => [await ask(prepared)], 1, options);
  return asked as Asked<T>;
}

export function missing(row: Row, field: string): AffektError {
  return new AffektError("manifest", `Row ${row.id} has no ${field}.`, "Evaluate it with a model of what it has.");
}

/** What was read of a row. @throws its own failure, or `manifest` if the row has none of it */
export function present<T>(content: Settled<T> | undefined, row: Row, field: string): T {
  if (content === undefined) throw missing(row, field);
  if ("error" in content) throw content.error;
  return content.value;
}

/** Rows whose pictures are cut out of one file next to each other, so that it is decoded once. */
export function byPicture(rows: readonly Row[]): readonly Row[] {
  if (!rows.some(isPart)) return rows;
  return rows
    .map((row) => ({ row, file: parseLocator(row.image ?? "").path }))
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
    .map(({ row }) => row);
}

/** Asks in the order of pictures, and gives the answers of each way in the order of the rows. */
export async function picturesTogether<T>(
  rows: readonly Row[],
  ask: (rows: readonly Row[]) => Promise<Asked<T>[]>,
): Promise<Asked<T>[]> {
  const place = new Map(rows.map(({ id }, at) => [id, at]));
  const at = (id: string): number => place.get(id) ?? 0;
  return (await ask(byPicture(rows))).map(({ answers, skipped }) => ({
    answers: answers.toSorted((a, b) => at(a.row.id) - at(b.row.id)),
    skipped: skipped.toSorted((a, b) => at(a.id) - at(b.id)),
  }));
}
