/** Metrics of the further columns that multi-task models answer beside their labels, on the rows that have them. */
import { random } from "../core/random.ts";
import { bootstrap, type Interval } from "../metrics/bootstrap.ts";
import {
  COLUMN_METRICS,
  type ColumnItem,
  type ColumnSources,
  columnMetrics,
  columnNames,
  type KnownColumn,
  knownCategories,
  knownNumbers,
} from "./column-metrics.ts";
import type { ColumnSource } from "./recognizer-columns.ts";
import type { ReportOptions } from "./report.ts";
import { clustersOf } from "./row-groups.ts";

/** What every column has; of a whole recognizer also where it comes from. */
interface ColumnRows extends Partial<ColumnSource> {
  /** Rows evaluated that have the column. */
  readonly n: number;
  /** Those that lack it or were not answered it, or have a value that the model does not know; left out. */
  readonly without: number;
  /** 95 %, percentile bootstrap; null where no resample gave a value. */
  readonly intervals: Readonly<Record<string, Interval | null>>;
}

/** Null where no row has the column, or the metric has no value. */
export interface NumberScore extends ColumnRows {
  readonly kind: "number";
  /** In [-1, 1]. */
  readonly ccc: number | null;
  readonly pearson: number | null;
  /** In the unit of the column. */
  readonly mae: number | null;
}

/** Null where no row has the column. */
export interface CategoryScore extends ColumnRows {
  readonly kind: "category";
  readonly accuracy: number | null;
  readonly uar: number | null;
  readonly macroF1: number | null;
}

/** By field; of a whole recognizer by modality and field, such as `text.valence`. */
export type ColumnScores = Readonly<Record<string, NumberScore | CategoryScore>>;

/** Seed of the bootstrap, 1 by default, whether it draws whole subjects, and where the columns come from. */
interface ColumnOptions extends ReportOptions {
  readonly seed?: number | undefined;
  readonly bySubject?: boolean | undefined;
  readonly sources?: ColumnSources;
}

/** Truth and answer of the drawn, side by side. */
function seriesOf(known: readonly KnownColumn[], draw: ArrayLike<number>): [Float64Array, Float64Array] {
  const at = (index: number): KnownColumn => known[draw[index] as number] as KnownColumn;
  return [
    Float64Array.from({ length: draw.length }, (_, index) => at(index).truth),
    Float64Array.from({ length: draw.length }, (_, index) => at(index).said),
  ];
}

function measured<Name extends string>(
  known: readonly KnownColumn[],
  rows: number,
  names: readonly Name[],
  statistics: (draw: ArrayLike<number>) => readonly (number | null)[],
  { seed = 1, resamples = 1000, bySubject }: ColumnOptions,
): ColumnRows & Record<Name, number | null> {
  const n = known.length;
  const values = n === 0 ? [] : statistics(Int32Array.from(known.keys()));
  // A generator of its own: the intervals of the other metrics stay what they are without columns.
  const { clusters } = clustersOf(
    known.map(({ row }) => row),
    bySubject,
  );
  const intervals =
    n === 0 || resamples === 0
      ? []
      : bootstrap(n, statistics, random(seed), { resamples, ...(clusters === undefined ? {} : { groups: clusters }) });
  return {
    n,
    without: rows - n,
    ...(Object.fromEntries(names.map((name, at) => [name, values[at] ?? null])) as Record<Name, number | null>),
    intervals: resamples === 0 ? {} : Object.fromEntries(names.map((name, at) => [name, intervals[at] ?? null])),
  };
}

function numberScore(name: string, items: readonly ColumnItem[], options: ColumnOptions): NumberScore {
  const known = knownNumbers(name, items, options.sources);
  const statistics = (draw: ArrayLike<number>) => columnMetrics("number", ...seriesOf(known, draw));
  return {
    kind: "number",
    ...options.sources?.get(name),
    ...measured(known, items.length, COLUMN_METRICS.number, statistics, options),
  };
}

function categoryScore(name: string, items: readonly ColumnItem[], options: ColumnOptions): CategoryScore {
  const { values, known } = knownCategories(name, items, options.sources);
  const statistics = (draw: ArrayLike<number>) => columnMetrics("category", ...seriesOf(known, draw), values.length);
  return {
    kind: "category",
    ...options.sources?.get(name),
    ...measured(known, items.length, COLUMN_METRICS.category, statistics, options),
  };
}

/** Nothing where no column is answered. */
export function columnScores(
  items: readonly ColumnItem[],
  options: ColumnOptions,
): { readonly columns?: ColumnScores } {
  const scores = [
    ...columnNames(items, "numbers").map((name) => [name, numberScore(name, items, options)] as const),
    ...columnNames(items, "categories").map((name) => [name, categoryScore(name, items, options)] as const),
  ];
  return scores.length === 0 ? {} : { columns: Object.fromEntries(scores) };
}
