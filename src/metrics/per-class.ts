/** Precision, recall and F1 of each class, and their averages. */
import { type Confusion, confusionMatrix } from "./confusion.ts";

export interface ClassScore {
  /** Right among those called so, in [0, 1]; 0 if none was. */
  readonly precision: number;
  /** Found among those that are so, in [0, 1]; 0 if none is. */
  readonly recall: number;
  /** Harmonic mean of the two; 0 if both are. */
  readonly f1: number;
  /** Rows that are so. */
  readonly support: number;
}

/** From true positives, false positives and false negatives. */
export function classScore(right: number, wrongly: number, missed: number): ClassScore {
  const denominator = 2 * right + wrongly + missed;
  return {
    precision: right + wrongly === 0 ? 0 : right / (right + wrongly),
    recall: right + missed === 0 ? 0 : right / (right + missed),
    f1: denominator === 0 ? 0 : (2 * right) / denominator,
    support: right + missed,
  };
}

export function perClass({ classes, counts }: Confusion): ClassScore[] {
  return Array.from({ length: classes }, (_, label) => {
    const right = counts[label * classes + label] as number;
    let support = 0;
    let called = 0;
    for (let other = 0; other < classes; other++) {
      support += counts[label * classes + other] as number;
      called += counts[other * classes + label] as number;
    }
    return classScore(right, called - right, support - right);
  });
}

/** Mean F1 of the classes that occur, in [0, 1]. */
export function macroF1Of(confusion: Confusion): number {
  const present = perClass(confusion).filter(({ support }) => support > 0);
  return present.reduce((sum, { f1 }) => sum + f1, 0) / present.length;
}

/** Mean F1 weighted by how often each class occurs, in [0, 1]. */
export function weightedF1Of(confusion: Confusion): number {
  let sum = 0;
  let rows = 0;
  for (const { f1, support } of perClass(confusion)) {
    sum += f1 * support;
    rows += support;
  }
  return sum / rows;
}

/** @throws AffektError `shape` if the lengths differ or there are no rows */
export function macroF1(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return macroF1Of(confusionMatrix(truth, predicted));
}

/** @throws AffektError `shape` if the lengths differ or there are no rows */
export function weightedF1(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return weightedF1Of(confusionMatrix(truth, predicted));
}
