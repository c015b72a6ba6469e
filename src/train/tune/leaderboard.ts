/** The order of trials: how far they came, then validation score, then validation loss; failed ones last. */
import { isBetter } from "../better.ts";
import type { Outcome } from "./journal.ts";

/** Best first; a failed training is last; of equals the earlier trial is first. */
export function byScore(a: Outcome, b: Outcome): number {
  const chosen = ({ score, validationLoss }: Outcome) => ({ score: score ?? Number.NEGATIVE_INFINITY, validationLoss });
  const [one, other] = [chosen(a), chosen(b)];
  if (isBetter(one, other)) return -1;
  return isBetter(other, one) ? 1 : a.trial - b.trial;
}

/** The furthest outcome of every trial, those that were trained longest first; failed ones last, however far they came. */
export function leaderboard(outcomes: readonly Outcome[]): Outcome[] {
  const last = new Map<number, Outcome>();
  for (const outcome of outcomes) {
    if (outcome.until >= (last.get(outcome.trial)?.until ?? 0)) last.set(outcome.trial, outcome);
  }
  const failed = ({ score }: Outcome) => Number(score === null);
  return [...last.values()].sort((a, b) => failed(a) - failed(b) || b.until - a.until || byScore(a, b));
}
