/** By what rows belong together: the values of a field, and their subjects. */
import type { Row } from "../data/row.ts";

function valueOf(row: Row, field: string): string | undefined {
  const value = field === "language" ? row.language : field === "subject" ? row.subject : row.extra[field];
  return value === undefined || value === null ? undefined : String(value);
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
