/** The order of trials: those that came further first, then by validation score, then by validation loss. */
import { isBetter } from "../better.ts";
import type { Outcome } from "./journal.ts";

/** Best first; a failed training is last; of equals the earlier trial is first. */
export function byScore(a: Outcome, b: Outcome): number {
  const chosen = ({ score, validationLoss }: Outcome) => ({ score: score ?? Number.NEGATIVE_INFINITY, validationLoss });
  const [one, other] = [chosen(a), chosen(b)];
  if (isBetter(one, other)) return -1;
  return isBetter(other, one) ? 1 : a.trial - b.trial;
}

/** The furthest outcome of every trial, those that were trained longest first. */
export function leaderboard(outcomes: readonly Outcome[]): Outcome[] {
  const last = new Map<number, Outcome>();
  for (const outcome of outcomes) {
    if (outcome.until >= (last.get(outcome.trial)?.until ?? 0)) last.set(outcome.trial, outcome);
  }
  return [...last.values()].sort((a, b) => b.until - a.until || byScore(a, b));
}
