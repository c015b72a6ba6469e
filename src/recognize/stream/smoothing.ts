/**
 * Scores smoothed over time: a mean whose weights halve with every half-life, so that one odd utterance or frame does
 * not turn the answer over, and old ones wear off whether they came often or seldom.
 */
import type { Scores } from "../../core/prediction.ts";
import { sortedScores } from "../opinion.ts";

/** Plain data, to store and to go on from. */
export interface Smoothed {
  readonly timeMs: number;
  readonly weight: number;
  /** Weighted sum of the scores, by label. */
  readonly sums: Readonly<Record<string, number>>;
}

/**
 * @param before what has been seen so far; undefined: nothing
 * @param weight of the new scores, above 0: seconds of speech, quality of a face
 * @param timeMs of the new scores; earlier than the last ones counts as at the same time
 */
export function smooth(
  before: Smoothed | undefined,
  scores: Scores,
  weight: number,
  timeMs: number,
  halfLifeMs: number,
): Smoothed {
  const keep = before === undefined ? 0 : 0.5 ** (Math.max(0, timeMs - before.timeMs) / halfLifeMs);
  const sums: Record<string, number> = {};
  for (const [label, sum] of Object.entries(before?.sums ?? {})) sums[label] = sum * keep;
  for (const { label, score } of scores) sums[label] = (sums[label] ?? 0) + weight * score;
  return {
    timeMs: Math.max(timeMs, before?.timeMs ?? timeMs),
    weight: (before?.weight ?? 0) * keep + weight,
    sums,
  };
}

/** Highest first; they sum to 1 if all that went in did. */
export function smoothedScores({ sums, weight }: Smoothed): Scores {
  const labels = Object.keys(sums);
  return sortedScores(
    labels,
    labels.map((label) => (sums[label] as number) / weight),
  );
}
