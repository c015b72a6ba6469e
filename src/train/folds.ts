/** What k trainings on k folds say together. */

export interface FoldScore {
  /** Counted from 1. */
  readonly fold: number;
  /** The epoch that was best on the fold's validation rows. */
  readonly epoch: number;
  readonly score: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface Range {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface FoldSummary {
  readonly folds: readonly FoldScore[];
  readonly score: Range;
  readonly metrics: Readonly<Record<string, Range>>;
}

function range(values: readonly number[]): Range {
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    low: Math.min(...values),
    high: Math.max(...values),
  };
}

/** Mean and range over folds; the rows of each fold also chose its epoch, so the numbers flatter a little. */
export function summarizeFolds(folds: readonly FoldScore[]): FoldSummary {
  const names = Object.keys(folds[0]?.metrics ?? {});
  return {
    folds,
    score: range(folds.map(({ score }) => score)),
    metrics: Object.fromEntries(names.map((name) => [name, range(folds.map(({ metrics }) => metrics[name] ?? 0))])),
  };
}
