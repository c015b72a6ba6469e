/** What further columns are measured by, and on which rows. */
import type { FurtherColumns } from "../core/prediction.ts";
import { categoryOf } from "../data/category-of.ts";
import { numberOf } from "../data/number-of.ts";
import type { Row } from "../data/row.ts";
import { accuracyOf } from "../metrics/accuracy.ts";
import { ccc } from "../metrics/ccc.ts";
import { confusionMatrix } from "../metrics/confusion.ts";
import { meanAbsoluteError } from "../metrics/mean-absolute-error.ts";
import { pearson } from "../metrics/pearson.ts";
import { macroF1Of } from "../metrics/per-class.ts";
import { uarOf } from "../metrics/uar.ts";
import type { ColumnSource } from "./recognizer-columns.ts";

/** A row that was evaluated, and what was said of its further columns. */
export interface ColumnItem {
  readonly row: Row;
  readonly columns?: FurtherColumns | undefined;
}

/** By the names in `columns`. Without one, a name is a field of the rows. */
export type ColumnSources = ReadonlyMap<string, ColumnSource> | undefined;

/** A row that has a column and was answered it: a number each, or places among `values`. */
export interface KnownColumn {
  readonly row: Row;
  readonly truth: number;
  readonly said: number;
}

/** The metrics of each kind of column, in order. */
export const COLUMN_METRICS = {
  number: ["ccc", "pearson", "mae"],
  category: ["accuracy", "uar", "macroF1"],
} as const;
export type ColumnKind = keyof typeof COLUMN_METRICS;

/** Null where a metric has no value. @param values how many there are, of a category */
export function columnMetrics(
  kind: ColumnKind,
  truth: ArrayLike<number>,
  said: ArrayLike<number>,
  values = 0,
): (number | null)[] {
  if (kind === "number") return [ccc(truth, said), pearson(truth, said), meanAbsoluteError(truth, said)];
  const confusion = confusionMatrix(truth, said, values);
  return [accuracyOf(confusion), uarOf(confusion), macroF1Of(confusion)];
}

/** Names of the columns of a kind that were answered, as they come. */
export function columnNames(items: readonly ColumnItem[], kind: keyof FurtherColumns): string[] {
  return [...new Set(items.flatMap(({ columns }) => Object.keys(columns?.[kind] ?? {})))];
}

export function knownNumbers(name: string, items: readonly ColumnItem[], sources: ColumnSources): KnownColumn[] {
  const field = sources?.get(name)?.field ?? name;
  return items.flatMap(({ row, columns }) => {
    const [truth, said] = [numberOf(row.extra[field]), columns?.numbers?.[name]];
    return truth === undefined || said === undefined ? [] : [{ row, truth, said }];
  });
}

/** @returns `values` that the model knows, in order of name; a row with another one is left out */
export function knownCategories(
  name: string,
  items: readonly ColumnItem[],
  sources: ColumnSources,
): { readonly values: readonly string[]; readonly known: KnownColumn[] } {
  const field = sources?.get(name)?.field ?? name;
  const values = [
    ...new Set(items.flatMap(({ columns }) => (columns?.categories?.[name] ?? []).map(({ label }) => label))),
  ].sort();
  const known = items.flatMap(({ row, columns }) => {
    const truth = values.indexOf(categoryOf(row.extra[field]) ?? "");
    const said = values.indexOf(columns?.categories?.[name]?.[0]?.label ?? "");
    return truth < 0 || said < 0 ? [] : [{ row, truth, said }];
  });
  return { values, known };
}

/** What a row holds of the columns that it was measured by, by their names. */
export type ColumnTruth = Readonly<Record<string, number | string>>;

/** Of each item, in order; undefined where it was measured by none. */
export function columnTruths(items: readonly ColumnItem[], sources: ColumnSources): (ColumnTruth | undefined)[] {
  const truths = new Map<Row, Record<string, number | string>>();
  const add = (row: Row, name: string, value: number | string): void => {
    truths.set(row, { ...truths.get(row), [name]: value });
  };
  for (const name of columnNames(items, "numbers")) {
    for (const { row, truth } of knownNumbers(name, items, sources)) add(row, name, truth);
  }
  for (const name of columnNames(items, "categories")) {
    const { values, known } = knownCategories(name, items, sources);
    for (const { row, truth } of known) add(row, name, values[truth] as string);
  }
  return items.map(({ row }) => truths.get(row));
}
