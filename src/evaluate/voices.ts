/** What is known of the speaker of each of many clips, for models that normalize by the speaker. */
import type { Features } from "../core/media.ts";
import { random, shuffle } from "../core/random.ts";
import {
  type BandStatistics,
  bandStatistics,
  mergeStatistics,
  speakerStatistics,
} from "../preprocess/speech/running-normalization.ts";

export interface SpokenClip {
  readonly subject: string | undefined;
  readonly features: Features;
}

/** Of all clips of each clip's subject. */
function ofSubjects(clips: readonly SpokenClip[]): (BandStatistics | undefined)[] {
  const bySpeaker = speakerStatistics(
    clips.flatMap(({ subject: speaker, features }) => (speaker === undefined ? [] : [{ speaker, features }])),
  );
  return clips.map(({ subject = "" }) => bySpeaker.get(subject));
}

/** Of each clip and those of its subject that come before it. Corpora list one emotion after the other: shuffled. */
function ofEarlier(clips: readonly SpokenClip[]): (BandStatistics | undefined)[] {
  const order = Int32Array.from({ length: clips.length }, (_, at) => at);
  const known = new Map<string, BandStatistics>();
  const voices: (BandStatistics | undefined)[] = clips.map(() => undefined);
  for (const at of shuffle(order, random(1))) {
    const { subject, features } = clips[at] as SpokenClip;
    if (subject === undefined) continue;
    const before = known.get(subject);
    const own = bandStatistics(features);
    const voice = before === undefined ? own : mergeStatistics(before, own);
    known.set(subject, voice);
    voices[at] = voice;
  }
  return voices;
}

/**
 * @param of `subject`: all clips of the same subject; `earlier`: the clip and those of its subject before it, in an order
 *   that is random and the same for as many clips
 * @returns undefined for a clip whose subject is not known
 */
export function voicesOf(clips: readonly SpokenClip[], of: "subject" | "earlier"): (BandStatistics | undefined)[] {
  return of === "earlier" ? ofEarlier(clips) : ofSubjects(clips);
}
