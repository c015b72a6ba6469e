/** Cuts a stream of sound into utterances where somebody speaks, in constant memory. */
import type { Waveform } from "../core/media.ts";
import type { VoiceActivityOptions, VoiceStream } from "../preprocess/speech/voice-activity.ts";
import { sampleBuffer } from "./sample-buffer.ts";

/** What is needed of a voice-activity detector: one stream per recording. */
export interface VoiceActivity {
  stream(options?: VoiceActivityOptions): VoiceStream;
  release?(): Promise<void>;
}

export interface Utterance {
  readonly startMs: number;
  readonly endMs: number;
  readonly sound: Waveform;
}

export interface UtteranceOptions extends VoiceActivityOptions {
  /** Longer utterances are cut. Default 15,000. */
  readonly mostMs?: number;
}

/** A sentence has pauses: they do not end an utterance. */
export const PAUSE_MS = 400;
/** A start is announced late, once it is certain. */
const LOOK_BACK_MS = 2_000;

/** Finds utterances in sound that comes piece by piece. Not to be pushed to twice at the same time. */
export interface UtteranceCutter {
  /** @param samples at the detector's rate, any number @returns the utterances that have ended or grown too long */
  push(samples: Float32Array): Promise<Utterance[]>;
  /** The rest, once the sound has ended. */
  flush(): Promise<Utterance[]>;
  /** Since when somebody has been speaking; undefined while nobody speaks. */
  openSinceMs(): number | undefined;
  /** What is being said, at most the last `mostMs` of it; undefined while nobody speaks. */
  open(mostMs: number): Utterance | undefined;
}

/**
 * @param sampleRate that the detector wants, in Hz
 * @throws AffektError whatever the detector throws
 */
export function utteranceCutter(
  voice: VoiceActivity,
  sampleRate: number,
  options: UtteranceOptions = {},
): UtteranceCutter {
  const { mostMs = 15_000, ...rest } = options;
  const stream = voice.stream({ minSilenceMs: PAUSE_MS, ...rest });
  const buffer = sampleBuffer();
  /** Start of the utterance that is being spoken, or -1. */
  let openMs = -1;
  let cutMs = 0;
  const indexOf = (ms: number): number => Math.round((ms * sampleRate) / 1000);
  const nowMs = (): number => (1000 * buffer.end()) / sampleRate;

  function take(startMs: number, endMs: number): Utterance[] {
    const samples = buffer.slice(indexOf(startMs), indexOf(endMs));
    if (samples.length === 0) return [];
    return [{ startMs: Math.round(startMs), endMs: Math.round(endMs), sound: { samples, sampleRate } }];
  }

  function settle(events: Awaited<ReturnType<VoiceStream["push"]>>): Utterance[] {
    const done: Utterance[] = [];
    for (const event of events) {
      if (event.type === "start") {
        openMs = event.startMs;
      } else {
        done.push(...take(Math.max(event.startMs, cutMs), event.endMs));
        openMs = -1;
      }
    }
    const fromMs = Math.max(openMs, cutMs);
    if (openMs >= 0 && nowMs() - fromMs >= mostMs) {
      cutMs = fromMs + mostMs;
      done.push(...take(fromMs, cutMs));
    }
    buffer.forgetBefore(indexOf(openMs >= 0 ? Math.max(openMs, cutMs) : nowMs() - LOOK_BACK_MS));
    return done;
  }

  return {
    async push(samples) {
      buffer.append(samples);
      return settle(await stream.push(samples));
    },
    flush: async () => settle(await stream.flush()),
    openSinceMs: () => (openMs < 0 ? undefined : Math.round(Math.max(openMs, cutMs))),
    open(longestMs) {
      if (openMs < 0) return undefined;
      const endMs = nowMs();
      return take(Math.max(openMs, cutMs, endMs - longestMs), endMs)[0];
    },
  };
}

/**
 * @param sound pieces, all at the rate that the detector wants
 * @throws AffektError whatever the pieces and the detector throw
 */
export async function* utterances(
  sound: AsyncIterable<Waveform>,
  voice: VoiceActivity,
  options: UtteranceOptions = {},
): AsyncGenerator<Utterance> {
  let cutter: UtteranceCutter | undefined;
  for await (const { samples, sampleRate } of sound) {
    cutter ??= utteranceCutter(voice, sampleRate, options);
    yield* await cutter.push(samples);
  }
  if (cutter !== undefined) yield* await cutter.flush();
}
