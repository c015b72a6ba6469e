/** One microphone: pieces of sound with times, at any rate, put together and cut into utterances. */
import type { Waveform } from "../../core/media.ts";
import { type Resampler, resampler } from "../../preprocess/speech/resample.ts";
import { type Utterance, type UtteranceCutter, utteranceCutter, type VoiceActivity } from "../utterances.ts";

export interface HearingOptions {
  /** Silence that ends an utterance, in ms. */
  readonly pauseMs: number;
  /** Longer utterances are cut. */
  readonly mostMs: number;
}

export interface Heard {
  /** What has ended, in stream time. */
  readonly ended: readonly Utterance[];
  /** How much of the piece had come before, or came too late, in ms. */
  readonly lateMs: number;
}

export interface Hearing {
  /**
   * @param timeMs of the first sample, in stream time; undefined: right after the piece before
   * @throws AffektError `sample-rate`, and whatever the detector throws
   */
  push(sound: Waveform, timeMs?: number): Promise<Heard>;
  /** Since when somebody has been speaking, in stream time; undefined while nobody speaks. */
  openSinceMs(): number | undefined;
  /** What is being said, at most the last `mostMs` of it. */
  open(mostMs: number): Utterance | undefined;
  /** Ends what is being said. */
  flush(): Promise<readonly Utterance[]>;
  /** Up to where sound has come, in stream time. */
  nowMs(): number;
}

/** That of the voice-activity detector, in Hz. */
const HEARING_RATE = 16_000;
/** Clocks of clients jitter: a piece this near to where it should be counts as there. */
const JITTER_MS = 100;
/** A longer hole is not filled with silence: what comes after it is heard afresh. */
const LONGEST_HOLE_MS = 2_000;

export function hearing(voice: VoiceActivity, { pauseMs, mostMs }: HearingOptions): Hearing {
  let cutter: UtteranceCutter | undefined;
  let converter: { readonly from: number; readonly to: Resampler } | undefined;
  /** Stream time at which the cutter began, and what it has been given since then, as the client counts it. */
  let originMs = 0;
  let givenMs = 0;
  /** The latest time that a piece has named. */
  let lastMs = Number.NEGATIVE_INFINITY;

  const shifted = (found: readonly Utterance[]): Utterance[] =>
    found.map(({ startMs, endMs, sound }) => ({ startMs: startMs + originMs, endMs: endMs + originMs, sound }));

  async function give({ samples, sampleRate }: Waveform): Promise<Utterance[]> {
    if (samples.length === 0) return [];
    cutter ??= utteranceCutter(voice, HEARING_RATE, { minSilenceMs: pauseMs, mostMs });
    const rest = converter !== undefined && converter.from !== sampleRate ? converter.to.flush() : undefined;
    if (converter?.from !== sampleRate) converter = { from: sampleRate, to: resampler(sampleRate, HEARING_RATE) };
    givenMs += (1000 * samples.length) / sampleRate;
    const ended = rest === undefined ? [] : await cutter.push(rest);
    return shifted([...ended, ...(await cutter.push(converter.to.push(samples)))]);
  }

  async function flush(): Promise<readonly Utterance[]> {
    if (cutter === undefined) return [];
    const rest = converter === undefined ? new Float32Array(0) : converter.to.flush();
    const ended = shifted([...(await cutter.push(rest)), ...(await cutter.flush())]);
    originMs += givenMs;
    givenMs = 0;
    cutter = undefined;
    converter = undefined;
    return ended;
  }

  return {
    nowMs: () => originMs + givenMs,
    openSinceMs() {
      const sinceMs = cutter?.openSinceMs();
      return sinceMs === undefined ? undefined : sinceMs + originMs;
    },
    open(longestMs) {
      const found = cutter?.open(longestMs);
      return found === undefined ? undefined : shifted([found])[0];
    },
    flush,
    async push(sound, claimedMs) {
      const { samples, sampleRate } = sound;
      const timeMs = claimedMs ?? originMs + givenMs;
      // No clock jitters so far that a piece seems to begin before the one that it follows.
      const isRepeat = claimedMs !== undefined && claimedMs <= lastMs;
      if (claimedMs !== undefined) lastMs = Math.max(lastMs, claimedMs);
      if (cutter === undefined) originMs = Math.max(originMs, timeMs);
      const offMs = timeMs - (originMs + givenMs);
      if (Math.abs(offMs) <= JITTER_MS && !isRepeat) return { ended: await give(sound), lateMs: 0 };
      if (offMs < 0 || isRepeat) {
        const known = Math.min(samples.length, Math.max(0, Math.round((-offMs * sampleRate) / 1000)));
        const ended = await give({ samples: samples.subarray(known), sampleRate });
        return { ended, lateMs: (1000 * known) / sampleRate };
      }
      if (offMs > LONGEST_HOLE_MS) {
        const ended = await flush();
        originMs = timeMs;
        return { ended: [...ended, ...(await give(sound))], lateMs: 0 };
      }
      const silence = new Float32Array(Math.round((offMs * sampleRate) / 1000));
      const ended = await give({ samples: silence, sampleRate });
      return { ended: [...ended, ...(await give(sound))], lateMs: 0 };
    },
  };
}
