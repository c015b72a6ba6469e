/** Which of two epochs, or trials, is chosen. */

/** What is chosen by. */
interface Chosen {
  /** Higher is better. */
  readonly score: number;
  /** Lower is better, where scores are equal. */
  readonly validationLoss?: number | undefined;
}

/**
 * Whether `one` goes before `other`: by its score, and of equal scores (few validation rows have few scores) by the lower
 * validation loss. False where they are alike, or a score is no number.
 */
export function isBetter(one: Chosen, other: Chosen | undefined): boolean {
  if (other === undefined) return one.score > Number.NEGATIVE_INFINITY;
  if (one.score !== other.score) return one.score > other.score;
  return (one.validationLoss ?? Number.POSITIVE_INFINITY) < (other.validationLoss ?? Number.POSITIVE_INFINITY);
}
