/** Further columns smoothed over time, as the scores are: a number and the score of a value each by the same mean. */
import type { FurtherColumns, Scores } from "../../core/prediction.ts";
import { type Smoothed, smooth, smoothedScores } from "./smoothing.ts";

export interface SmoothedColumns {
  readonly numbers: Smoothed;
  /** By field. */
  readonly categories: Readonly<Record<string, Smoothed>>;
}

const asScores = (numbers: Readonly<Record<string, number>>): Scores =>
  Object.entries(numbers).map(([label, score]) => ({ label, score }));

/** @param before, @param weight, @param timeMs as in `smooth` */
export function smoothColumns(
  before: SmoothedColumns | undefined,
  { numbers = {}, categories = {} }: FurtherColumns,
  weight: number,
  timeMs: number,
  halfLifeMs: number,
): SmoothedColumns {
  const smoothed = Object.entries(categories).map(
    ([field, scores]) => [field, smooth(before?.categories[field], scores, weight, timeMs, halfLifeMs)] as const,
  );
  return {
    numbers: smooth(before?.numbers, asScores(numbers), weight, timeMs, halfLifeMs),
    categories: Object.fromEntries(smoothed),
  };
}

/** As they stand in an answer: fields in the order of the model, however large their numbers are now. */
export function smoothedColumns({ numbers, categories }: SmoothedColumns): FurtherColumns {
  const values = Object.entries(numbers.sums).map(([field, sum]) => [field, sum / numbers.weight] as const);
  const scores = Object.entries(categories).map(([field, own]) => [field, smoothedScores(own)] as const);
  return {
    ...(values.length > 0 ? { numbers: Object.fromEntries(values) } : {}),
    ...(scores.length > 0 ? { categories: Object.fromEntries(scores) } : {}),
  };
}
