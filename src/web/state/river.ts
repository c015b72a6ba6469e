/** What the rivers of the live page say beside their colours: what leads, and where a word has room. */
import { EMOTIONS, type Emotion } from "../../core/emotion.ts";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import type { Moment } from "./live.ts";

export interface Leading<T> {
  readonly name: T;
  /** In [0, 1]. */
  readonly share: number;
}

function largest<T>(names: readonly T[], shareOf: (name: T, at: number) => number): Leading<T> | undefined {
  const [first] = names
    .map((name, at) => ({ name, share: shareOf(name, at) }))
    .sort((a, b) => b.share - a.share)
    .filter(({ share }) => share > 0);
  return first;
}

/** The emotion with the highest score at the end; undefined where nothing is recognized there. */
export function leadingEmotion(moments: readonly Moment[]): Leading<Emotion> | undefined {
  const { scores } = moments.at(-1) ?? {};
  return largest(EMOTIONS, (_, at) => scores?.[at] ?? 0);
}

/** The modality that counts most at the end; undefined where nothing is recognized there. */
export function leadingModality(moments: readonly Moment[]): Leading<Modality> | undefined {
  const { weights } = moments.at(-1) ?? {};
  return largest(MODALITIES, (modality) => weights?.[modality] ?? 0);
}

/** A stretch of an emotion's stripe that a straight line of text fits into. */
export interface Stretch {
  readonly label: Emotion;
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the middle, from the bottom, in [0, 1]. */
  readonly height: number;
}

/** Less of the river's height has no room for a word. */
const ROOM = 0.17;

/** The longest stretch of each emotion that stays at one height for all of its time. */
export function longestStretches(moments: readonly Moment[]): Stretch[] {
  return EMOTIONS.flatMap((label, at) => {
    let longest: Stretch | undefined;
    let open: { fromMs: number; lower: number; upper: number } | undefined;
    for (const { timeMs, scores } of moments) {
      const below = scores?.slice(0, at).reduce((sum, share) => sum + share, 0) ?? 0;
      const above = below + (scores?.[at] ?? 0);
      const lower = Math.max(below, open?.lower ?? below);
      const upper = Math.min(above, open?.upper ?? above);
      // Where it no longer fits to what came before it, another may begin.
      if (upper - lower >= ROOM) open = { fromMs: open?.fromMs ?? timeMs, lower, upper };
      else open = above - below >= ROOM ? { fromMs: timeMs, lower: below, upper: above } : undefined;
      if (open !== undefined && timeMs - open.fromMs > (longest === undefined ? 0 : longest.toMs - longest.fromMs)) {
        longest = { label, fromMs: open.fromMs, toMs: timeMs, height: (open.lower + open.upper) / 2 };
      }
    }
    return longest === undefined ? [] : [longest];
  });
}
