/** A versioned set of labelled samples: rows, and a header that says where they come from and on what terms. */
import { z } from "zod";
import { AffektError } from "../core/errors.ts";
import { checkRow, type Problem, type Row, type RowOptions } from "./row.ts";

/** What the terms of a corpus allow for weights trained on it. */
export const TERMS = ["permissive", "non-commercial", "research", "unstated"] as const;

export type Terms = (typeof TERMS)[number];

export const ManifestHeader = z.object({
  name: z.string().min(1),
  version: z.string().default("1"),
  labels: z.array(z.string()).default([]),
  licence: z.string().default("unstated"),
  terms: z.enum(TERMS).default("unstated"),
  /** Where the data come from: repository and commit, or publisher. */
  source: z.string().default(""),
  citation: z.string().optional(),
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
}

/** What was read, broken records apart. */
export interface Collected {
  readonly rows: Row[];
  readonly problems: Problem[];
  /** Id of a row → line of the file that it stands in, counted from 1. */
  readonly lines: ReadonlyMap<string, number>;
}

/** How a problem reads in a report. */
export function problemText(problem: Problem): string {
  const where = problem.file === undefined ? `line ${problem.line}` : `${problem.file}:${problem.line}`;
  return `${where}${problem.id === undefined ? "" : ` (${problem.id})`} ${problem.reason}`;
}

/**
 * Checks records one by one. A broken one is reported and does not stop the rest.
 *
 * @throws AffektError `manifest` on the first broken record if `strict`
 */
export async function collectRows(
  records: AsyncIterable<Parsed> | Iterable<Parsed>,
  options: CollectOptions = {},
): Promise<Collected> {
  const rows: Row[] = [];
  const problems: Problem[] = [];
  const lineOfId = new Map<string, number>();
  const report = (problem: Problem): void => {
    const full = options.file === undefined ? problem : { ...problem, file: options.file };
    if (options.strict === true) {
      throw new AffektError("manifest", problemText(full), "Mend the row, or read without strict to leave it out.");
    }
    problems.push(full);
  };
  for await (const record of records) {
    if ("problem" in record) {
      report({ code: record.code ?? "syntax", line: record.line, reason: record.problem });
      continue;
    }
    const checked = checkRow(record.value, options);
    if ("problem" in checked) {
      report({ line: record.line, ...checked.problem });
      continue;
    }
    const { id } = checked.row;
    const first = lineOfId.get(id);
    if (first !== undefined) {
      report({ code: "duplicate-id", line: record.line, id, reason: `repeats the id of line ${first}` });
      continue;
    }
    lineOfId.set(id, record.line);
    rows.push(checked.row);
  }
  return { rows, problems, lines: lineOfId };
}
