/**
 * Rows that pass by as often as they are wanted: the first ones are kept as JSON in memory, a third of what they take
 * as objects, and the others are read from their file anew each time.
 */
import { AffektError } from "../core/errors.ts";
import type { Files } from "../core/ports.ts";
import { createHashIndex, type HashIndex } from "../data/hash-index.ts";
import type { ManifestHeader } from "../data/manifest.ts";
import { noUsableRow, openManifest } from "../data/open.ts";
import { type Problem, type Row, recordRow, rowRecord } from "../data/row.ts";

/** Characters that are kept as one piece. */
const PIECE = 2 ** 18;
/** Bytes that are allocated at once: what is large goes back to the system when it is let go of. */
const SLAB = 2 ** 24;

/** Told of a row, and of the JSON of its record, as it passes by for the first time. */
export type SeeRow = (row: Row, json: string) => void;

export interface SpooledRows {
  readonly header: ManifestHeader;
  /** In order. @throws AffektError `file`; `manifest` if the file has changed since the first time */
  readonly rows: AsyncIterable<Row>;
  /** As `rows`, for the last time: what is kept goes as it has passed by. */
  take(): AsyncIterable<Row>;
}

interface Spool {
  /** @returns whether there was room */
  keep(json: string): boolean;
  /** @param last whether what has passed by goes */
  rows(last: boolean): Generator<Row>;
}

function createSpool(budget: number): Spool {
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  let pieces: Uint8Array[] = [];
  let open: string[] = [];
  let [openLength, bytes] = [0, 0];
  let slab = new Uint8Array(0);
  function close(): void {
    const piece = encoder.encode(open.join("\n"));
    if (slab.length < piece.length) slab = new Uint8Array(Math.max(SLAB, piece.length));
    slab.set(piece);
    pieces.push(slab.subarray(0, piece.length));
    slab = slab.subarray(piece.length);
    bytes += piece.length;
    [open, openLength] = [[], 0];
  }
  return {
    keep(json) {
      if (bytes + openLength + json.length > budget) return false;
      open.push(json);
      openLength += json.length + 1;
      if (openLength > PIECE) close();
      return true;
    },
    *rows(last) {
      if (openLength > 0) close();
      const passing = pieces;
      if (last) [pieces, slab] = [[], new Uint8Array(0)];
      for (let at = 0; at < passing.length; at++) {
        const lines = decoder.decode(passing[at]).split("\n");
        if (last) passing[at] = new Uint8Array(0);
        for (const json of lines) yield recordRow(JSON.parse(json));
      }
    },
  };
}

/** Rows that somebody holds, who may then let go of them. */
export function spoolRows(header: ManifestHeader, rows: readonly Row[], see: SeeRow): SpooledRows {
  const spool = createSpool(Number.POSITIVE_INFINITY);
  for (const row of rows) {
    const json = JSON.stringify(rowRecord(row));
    see(row, json);
    spool.keep(json);
  }
  return {
    header,
    rows: { [Symbol.asyncIterator]: () => asynchronous(spool.rows(false)) },
    take: () => asynchronous(spool.rows(true)),
  };
}

async function* asynchronous(rows: Iterable<Row>): AsyncGenerator<Row> {
  yield* rows;
}

/**
 * @param budget bytes of rows that may be kept
 * @param see is told of every usable row
 * @returns the rows and what is wrong with the others
 * @throws AffektError `file` if it cannot be read; `manifest` if the header is wrong, no row is usable, or one is
 *   broken and `strict` is set
 */
export async function spoolManifest(
  files: Files,
  path: string,
  { strict, budget }: { readonly strict: boolean; readonly budget: number },
  see: SeeRow,
): Promise<{ readonly spooled: SpooledRows; readonly problems: readonly Problem[] }> {
  const opened = await openManifest(files, path, { strict });
  const spool = createSpool(budget);
  const problems: Problem[] = [];
  const index = createHashIndex();
  /** Line of the last row that is kept. */
  let [last, count, beyond] = [0, 0, false];
  for await (const read of opened.rows((id, line) => index.add(id, line))) {
    if ("problem" in read) {
      problems.push(read.problem);
      continue;
    }
    const json = JSON.stringify(rowRecord(read.row));
    see(read.row, json);
    count++;
    if (!beyond && spool.keep(json)) last = read.line;
    else beyond = true;
  }
  if (count === 0) throw noUsableRow(path, problems[0]);

  /** Needed only where rows are read again. */
  let ids = beyond ? index : undefined;

  async function* pass(forLast: boolean): AsyncGenerator<Row> {
    yield* spool.rows(forLast);
    if (ids !== undefined) yield* others(ids);
    if (forLast) ids = undefined;
  }

  async function* others(known: HashIndex): AsyncGenerator<Row> {
    const { sha256 } = opened.header;
    if (sha256 !== undefined && (await files.sha256(path)) !== sha256) {
      throw new AffektError(
        "manifest",
        `${path} has changed while it was read: SHA-256 ${await files.sha256(path)}, before ${sha256}.`,
        "Leave it as it is while a training prepares its rows, and run the same command again.",
      );
    }
    // A repeated id is one that stands in another line first.
    const firstLine = (id: string, line: number): number => (known.get(id) === line ? -1 : known.get(id));
    for await (const read of opened.rows(firstLine, last)) if ("row" in read) yield read.row;
  }
  return {
    spooled: {
      header: opened.header,
      rows: { [Symbol.asyncIterator]: () => pass(false) },
      take: () => pass(true),
    },
    problems,
  };
}
