/** Metrics of the further columns that multi-task models answer beside their labels, on the rows that have them. */
import type { FurtherColumns } from "../core/prediction.ts";
import { random } from "../core/random.ts";
import { categoryOf } from "../data/category-of.ts";
import { numberOf } from "../data/number-of.ts";
import type { Row } from "../data/row.ts";
import { accuracyOf } from "../metrics/accuracy.ts";
import { bootstrap, type Interval } from "../metrics/bootstrap.ts";
import { ccc } from "../metrics/ccc.ts";
import { confusionMatrix } from "../metrics/confusion.ts";
import { meanAbsoluteError } from "../metrics/mean-absolute-error.ts";
import { pearson } from "../metrics/pearson.ts";
import { macroF1Of } from "../metrics/per-class.ts";
import { uarOf } from "../metrics/uar.ts";
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

/** A row that was evaluated, and what was said of its further columns. */
export interface ColumnItem {
  readonly row: Row;
  readonly columns?: FurtherColumns | undefined;
}

/** Seed of the bootstrap, 1 by default, whether it draws whole subjects, and where the columns come from. */
interface ColumnOptions extends ReportOptions {
  readonly seed?: number | undefined;
  readonly bySubject?: boolean | undefined;
  /** By the names in `columns`. Default: these are fields of the rows, and all are of one model. */
  readonly sources?: ReadonlyMap<string, ColumnSource> | undefined;
}

interface Known {
  readonly row: Row;
  readonly truth: number;
  readonly said: number;
}

/** Truth and answer of the drawn, side by side. */
function seriesOf(known: readonly Known[], draw: ArrayLike<number>): [Float64Array, Float64Array] {
  const at = (index: number): Known => known[draw[index] as number] as Known;
  return [
    Float64Array.from({ length: draw.length }, (_, index) => at(index).truth),
    Float64Array.from({ length: draw.length }, (_, index) => at(index).said),
  ];
}

function measured<Name extends string>(
  known: readonly Known[],
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
  const source = options.sources?.get(name);
  const field = source?.field ?? name;
  const known = items.flatMap(({ row, columns }): Known[] => {
    const [truth, said] = [numberOf(row.extra[field]), columns?.numbers?.[name]];
    return truth === undefined || said === undefined ? [] : [{ row, truth, said }];
  });
  const statistics = (draw: ArrayLike<number>) => {
    const [truth, said] = seriesOf(known, draw);
    return [ccc(truth, said), pearson(truth, said), meanAbsoluteError(truth, said)];
  };
  return {
    kind: "number",
    ...source,
    ...measured(known, items.length, ["ccc", "pearson", "mae"], statistics, options),
  };
}

function categoryScore(name: string, items: readonly ColumnItem[], options: ColumnOptions): CategoryScore {
  const source = options.sources?.get(name);
  const field = source?.field ?? name;
  const values = [
    ...new Set(items.flatMap(({ columns }) => (columns?.categories?.[name] ?? []).map(({ label }) => label))),
  ].sort();
  const known = items.flatMap(({ row, columns }): Known[] => {
    const truth = values.indexOf(categoryOf(row.extra[field]) ?? "");
    const said = values.indexOf(columns?.categories?.[name]?.[0]?.label ?? "");
    return truth < 0 || said < 0 ? [] : [{ row, truth, said }];
  });
  const statistics = (draw: ArrayLike<number>) => {
    const confusion = confusionMatrix(...seriesOf(known, draw), values.length);
    return [accuracyOf(confusion), uarOf(confusion), macroF1Of(confusion)];
  };
  return {
    kind: "category",
    ...source,
    ...measured(known, items.length, ["accuracy", "uar", "macroF1"], statistics, options),
  };
}

/** Nothing where the model answers no column. */
export function columnScores(
  items: readonly ColumnItem[],
  options: ColumnOptions,
): { readonly columns?: ColumnScores } {
  const namesOf = (kind: keyof FurtherColumns): string[] => [
    ...new Set(items.flatMap(({ columns }) => Object.keys(columns?.[kind] ?? {}))),
  ];
  const scores = [
    ...namesOf("numbers").map((name) => [name, numberScore(name, items, options)] as const),
    ...namesOf("categories").map((name) => [name, categoryScore(name, items, options)] as const),
  ];
  return scores.length === 0 ? {} : { columns: Object.fromEntries(scores) };
}
