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

/**
 * Prepares each row by itself, then asks about those that could be prepared.
 *
 * @param contents of the rows, in order
 */
export async function askInChunks<C, P, T>(
  rows: readonly Row[],
  contents: AsyncIterable<C> | Iterable<C>,
  prepare: (row: Row, content: C) => Promise<P>,
  ask: (prepared: readonly P[]) => Promise<readonly Settled<T>[]>,
  { onProgress, signal }: AskOptions,
): Promise<Asked<T>> {
  const answers: { row: Row; answer: T }[] = [];
  const skipped: Skipped[] = [];
  const skip = ({ id }: Row, { code, message: reason }: AffektError): void => void skipped.push({ id, code, reason });
  let ready: { row: Row; prepared: P }[] = [];
  let done = 0;
  for await (const content of contents) {
    if (signal?.aborted) {
      throw new AffektError("aborted", "The evaluation was stopped by its caller.", "Nothing to do.");
    }
    const row = rows[done++] as Row;
    const result = await settled(prepare(row, content));
    if ("error" in result) skip(row, result.error);
    else ready.push({ row, prepared: result.value });
    if (done % CHUNK > 0 && done < rows.length) continue;
    const said = await ask(ready.map(({ prepared }) => prepared));
    for (const [index, own] of ready.entries()) {
      const answer = said[index] as Settled<T>;
      if ("error" in answer) skip(own.row, answer.error);
      else answers.push({ row: own.row, answer: answer.value });
    }
    ready = [];
    onProgress?.(done, rows.length);
  }
  return { answers, skipped };
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

/**
 * Asks with the rows whose pictures are cut out of one file next to each other, so that it is decoded once, and gives
 * the answers in the order of the rows.
 */
export async function picturesTogether<T>(
  rows: readonly Row[],
  ask: (rows: readonly Row[]) => Promise<Asked<T>>,
): Promise<Asked<T>> {
  if (!rows.some(isPart)) return ask(rows);
  const place = new Map(rows.map(({ id }, at) => [id, at]));
  const at = (id: string): number => place.get(id) ?? 0;
  const fileOf = ({ image = "" }: Row): string => parseLocator(image).path;
  const ordered = rows
    .map((row) => ({ row, file: fileOf(row) }))
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
    .map(({ row }) => row);
  const { answers, skipped } = await ask(ordered);
  return {
    answers: answers.toSorted((a, b) => at(a.row.id) - at(b.row.id)),
    skipped: skipped.toSorted((a, b) => at(a.id) - at(b.id)),
  };
}
