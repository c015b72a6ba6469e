/** A versioned set of labelled samples: rows, and a header that says where they come from and on what terms. */
import { z } from "zod";
import { AffektError } from "../core/errors.ts";
import { checkRow, type Problem, type Row, type RowOptions } from "./row.ts";

/** What the terms of a corpus allow for weights trained on it. */
export const TERMS = ["permissive", "non-commercial", "research", "unstated"] as const;

export type Terms = (typeof TERMS)[number];

/** Of the header's file; a field that is none of these is refused, as it may be meant for one. */
export const ManifestHeader = z.strictObject({
  name: z.string().min(1),
  version: z.string().default("1"),
  labels: z.array(z.string()).default([]),
  licence: z.string().default("unstated"),
  terms: z.enum(TERMS).default("unstated"),
  /** Where the data come from: repository and commit, or publisher. */
  source: z.string().default(""),
  citation: z.string().optional(),
  /** Sentences that have to stand beside every number measured on these rows, or by a model that learned from them. */
  caveats: z.array(z.string().min(1)).optional(),
  /** SHA-256 of the rows file. */
  sha256: z.string().optional(),
});

export type ManifestHeader = z.infer<typeof ManifestHeader>;

export interface Manifest {
  readonly header: ManifestHeader;
  readonly rows: readonly Row[];
  /** Folder that the locators in the rows are relative to. */
  readonly base: string;
}

/** An object read from a line, or why the line could not be read. */
export type Parsed =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly problem: string; readonly code?: Problem["code"] };

export interface CollectOptions extends RowOptions {
  /** The first broken row throws. Default false. */
  readonly strict?: boolean;
  /** Name to put before line numbers. */
  readonly file?: string;
  /** Records up to this line have been checked before, and are passed over. */
  readonly after?: number;
}

/** A row and the line that it stands in, or what is wrong with that line. */
export type Read = { readonly line: number; readonly row: Row } | { readonly line: number; readonly problem: Problem };

/** Keeps the line of an id that is new. @returns the line of one that is not, else -1 */
export type FirstLine = (id: string, line: number) => number;

/** How a problem reads in a report. */
export function problemText(problem: Problem): string {
  const where = problem.file === undefined ? `line ${problem.line}` : `${problem.file}:${problem.line}`;
  return `${where}${problem.id === undefined ? "" : ` (${problem.id})`} ${problem.reason}`;
}

/**
 * Checks records one by one, and holds none of them. A broken one is reported and does not stop the rest.
 *
 * @param firstLine remembers ids, so that a repeated one is found
 * @throws AffektError `manifest` on the first broken record if `strict`
 */
export async function* checkRecords(
  records: AsyncIterable<Parsed> | Iterable<Parsed>,
  options: CollectOptions,
  firstLine: FirstLine,
): AsyncGenerator<Read> {
  const wrong = (found: Problem): Read => {
    const problem = options.file === undefined ? found : { ...found, file: options.file };
    if (options.strict !== true) return { line: problem.line, problem };
    throw new AffektError("manifest", problemText(problem), "Mend the row, or read without strict to leave it out.");
  };
  for await (const record of records) {
    const { line } = record;
    if (options.after !== undefined && line <= options.after) continue;
    if ("problem" in record) {
      yield wrong({ code: record.code ?? "syntax", line, reason: record.problem });
      continue;
    }
    const checked = checkRow(record.value, options);
    if ("problem" in checked) {
      yield wrong({ line, ...checked.problem });
      continue;
    }
    const { id } = checked.row;
    const first = firstLine(id, line);
    if (first < 0) yield { line, row: checked.row };
    else yield wrong({ code: "duplicate-id", line, id, reason: `repeats the id of line ${first}` });
  }
}
