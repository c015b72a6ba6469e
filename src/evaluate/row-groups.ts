/** By what rows belong together: the values of a field, and their subjects. */
import { AffektError } from "../core/errors.ts";
import { oneOf } from "../core/explain-issue.ts";
import type { Row } from "../data/row.ts";

/** Fields by which every row may be grouped, beside those that a manifest carries along. */
const KNOWN = ["language", "subject", "split"] as const;

function valueOf(row: Row, field: string): string | undefined {
  const known = KNOWN.find((own) => own === field);
  const value = known === undefined ? row.extra[field] : row[known];
  // A list or an object is nothing that rows share.
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}

/** @throws AffektError `usage` if no row has one of the fields */
export function checkFields(rows: readonly Row[], fields: readonly string[]): void {
  const lacking = fields.find((field) => rows.every((row) => valueOf(row, field) === undefined));
  if (lacking === undefined) return;
  const own = [...KNOWN, ...new Set(rows.flatMap(({ extra }) => Object.keys(extra)))];
  const had = own.filter((field) => rows.some((row) => valueOf(row, field) !== undefined));
  throw new AffektError(
    "usage",
    `No row can be grouped by this: ${had.length === 0 ? `received ${lacking}; the rows have no field to group by` : oneOf(lacking, had)}.`,
    "Name fields that the rows have.",
  );
}

/** @throws AffektError `usage` if whole subjects are to be drawn and no row has one: the intervals would not be theirs */
export function checkSubjects(rows: readonly Row[]): void {
  if (rows.length === 0 || rows.some(({ subject }) => subject !== undefined)) return;
  throw new AffektError(
    "usage",
    "Whole subjects cannot be drawn: no row has a subject.",
    "Leave out --by-subject, or give the rows a subject each.",
  );
}

/** What has to be said where whole subjects are drawn. */
export function subjectNote(rows: readonly Row[]): string {
  const without = rows.filter(({ subject }) => subject === undefined).length;
  if (without === 0) return "Intervals draw whole subjects.";
  return `Intervals draw whole subjects; ${without} of the ${rows.length} rows have none and are drawn one by one.`;
}

/** The value of each row, by field; none for no fields. */
export function groupsOf(
  rows: readonly Row[],
  fields: readonly string[] = [],
): { readonly groups?: Readonly<Record<string, readonly (string | undefined)[]>> } {
  if (fields.length === 0) return {};
  return { groups: Object.fromEntries(fields.map((field) => [field, rows.map((row) => valueOf(row, field))])) };
}

/** Numbers the subjects from 0, where the bootstrap is to draw them whole; a row without one is its own. */
export function clustersOf(rows: readonly Row[], bySubject = false): { readonly clusters?: readonly number[] } {
  if (!bySubject) return {};
  const numbers = new Map<string, number>();
  const clusters = rows.map(({ subject, id }) => {
    const name = subject === undefined ? `row ${id}` : `subject ${subject}`;
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  });
  return { clusters };
}

/** The scores of each value of each field, values in order. */
export function byGroup<T>(
  groups: Readonly<Record<string, readonly (string | undefined)[]>>,
  scoreOf: (rows: readonly number[]) => T,
): Record<string, Record<string, T>> {
  const scoresOf = (values: readonly (string | undefined)[]): Record<string, T> => {
    const members = new Map<string, number[]>();
    for (const [row, value] of values.entries()) {
      if (value === undefined) continue;
      const own = members.get(value);
      if (own === undefined) members.set(value, [row]);
      else own.push(row);
    }
    const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([value, rows]) => [value, scoreOf(rows)]));
  };
  return Object.fromEntries(Object.entries(groups).map(([field, values]) => [field, scoresOf(values)]));
}
