/** Further columns of two models on the same rows: which is better at a column that both answer, and by how much. */
import type { Random } from "../../core/random.ts";
import { type PairedDifference, pairedDifferences } from "../../metrics/paired-difference.ts";
import { COLUMN_METRICS, type ColumnKind, columnMetrics } from "../column-metrics.ts";
import type { ColumnScores } from "../column-scores.ts";
import type { Evaluation, RowPrediction } from "../evaluate.ts";

/** As of the other metrics, but null where one has no value on these rows. */
export interface ColumnDifference extends Pick<PairedDifference, "interval"> {
  readonly first: number | null;
  readonly second: number | null;
  /** Second minus first. */
  readonly difference: number | null;
}

/** A column that both answer. */
export interface ColumnComparison {
  readonly kind: ColumnKind;
  /** What it is called in either. */
  readonly first: string;
  readonly second: string;
  /** Rows that have it, and that both answered it. */
  readonly n: number;
  /** 95 %, paired bootstrap. None without rows. */
  readonly metrics: Readonly<Record<string, ColumnDifference>>;
}

interface Pair {
  readonly first: RowPrediction;
  readonly second: RowPrediction;
}

interface Options {
  readonly resamples: number;
  /** Of each pair, numbered from 0: drawn together. */
  readonly groups?: ArrayLike<number>;
}

type Column = readonly [name: string, score: ColumnScores[string]];

/** The same field of the same modality; a model alone is of no modality, so it is beside each of a recognizer. */
function isSame([name, score]: Column, [otherName, other]: Column): boolean {
  const { field = name, modality } = score;
  const { field: otherField = otherName, modality: otherModality } = other;
  const ofBoth = modality === undefined || otherModality === undefined || modality === otherModality;
  return score.kind === other.kind && field === otherField && ofBoth;
}

/** What a prediction says of a column: a number, or the most likely value. */
function saidOf({ columns }: RowPrediction, kind: ColumnKind, name: string): number | string | undefined {
  return kind === "number" ? columns?.numbers?.[name] : columns?.categories?.[name]?.[0]?.label;
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

function compared(
  pairs: readonly Pair[],
  kind: ColumnKind,
  first: string,
  second: string,
  random: Random,
  { resamples, groups }: Options,
): ColumnComparison {
  const values = new Map<string, number>();
  const numbered = (value: number | string): number => {
    if (typeof value === "number") return value;
    const at = values.get(value) ?? values.size;
    values.set(value, at);
    return at;
  };
  const known = pairs.flatMap((pair, at) => {
    const truth = pair.first.columnTruth?.[first];
    const before = saidOf(pair.first, kind, first);
    const after = saidOf(pair.second, kind, second);
    if (truth === undefined || truth !== pair.second.columnTruth?.[second]) return [];
    if (before === undefined || after === undefined) return [];
    return [{ at, truth: numbered(truth), first: numbered(before), second: numbered(after) }];
  });
  const n = known.length;
  if (n === 0) return { kind, first, second, n, metrics: {} };
  const metricsOf = (which: "first" | "second") => (draw: Int32Array) => {
    const of = (key: "truth" | "first" | "second"): Float64Array =>
      Float64Array.from(draw, (at) => known[at]?.[key] as number);
    return columnMetrics(kind, of("truth"), of(which), values.size).map((value) => value ?? Number.NaN);
  };
  const differences = pairedDifferences(n, metricsOf("first"), metricsOf("second"), random, {
    resamples,
    ...(groups === undefined ? {} : { groups: known.map(({ at }) => groups[at] as number) }),
  });
  const metrics = COLUMN_METRICS[kind].map((name, at) => {
    const own = differences[at] as PairedDifference;
    const difference: ColumnDifference = {
      first: orNull(own.first),
      second: orNull(own.second),
      difference: orNull(own.difference),
      interval: own.interval,
    };
    return [name, difference] as const;
  });
  return { kind, first, second, n, metrics: Object.fromEntries(metrics) };
}

/**
 * @param pairs what either said of the rows that both answered
 * @returns none where they have no column in common
 */
export function compareColumns(
  pairs: readonly Pair[],
  first: Evaluation,
  second: Evaluation,
  random: Random,
  options: Options,
): readonly ColumnComparison[] {
  const others = Object.entries(second.report.columns ?? {});
  return Object.entries(first.report.columns ?? {}).flatMap((column) =>
    others
      .filter((other) => isSame(column, other))
      .map(([name]) => compared(pairs, column[1].kind, column[0], name, random, options)),
  );
}
