/** The order of trials: those that came further first, then by validation score. */
import type { Outcome } from "./journal.ts";

/** Best first; a failed training is last; of equals the earlier trial is first. */
export function byScore(a: Outcome, b: Outcome): number {
  const score = (outcome: Outcome) => outcome.score ?? Number.NEGATIVE_INFINITY;
  return score(a) === score(b) ? a.trial - b.trial : score(b) > score(a) ? 1 : -1;
}

/** The furthest outcome of every trial, those that were trained longest first. */
export function leaderboard(outcomes: readonly Outcome[]): Outcome[] {
  const last = new Map<number, Outcome>();
  for (const outcome of outcomes) {
    if (outcome.until >= (last.get(outcome.trial)?.until ?? 0)) last.set(outcome.trial, outcome);
  }
  return [...last.values()].sort((a, b) => b.until - a.until || byScore(a, b));
}
