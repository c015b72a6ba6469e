/** Cuts a stream of sound into utterances where somebody speaks, in constant memory. */
import type { Waveform } from "../core/media.ts";
import type { VoiceActivityOptions, VoiceStream } from "../preprocess/speech/voice-activity.ts";

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
const PAUSE_MS = 400;
/** A start is announced late, once it is certain. */
const LOOK_BACK_MS = 2_000;

/** Samples of a stream that may still be needed, by their index in the whole stream. */
function sampleBuffer() {
  let held = new Float32Array(0);
  let from = 0;
  return {
    append(samples: Float32Array): void {
      const joined = new Float32Array(held.length + samples.length);
      joined.set(held);
      joined.set(samples, held.length);
      held = joined;
    },
    forgetBefore(index: number): void {
      const drop = Math.min(held.length, Math.max(0, index - from));
      held = held.slice(drop);
      from += drop;
    },
    slice: (start: number, end: number): Float32Array => held.slice(Math.max(0, start - from), end - from),
    end: (): number => from + held.length,
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
  const { mostMs = 15_000, ...rest } = options;
  const stream = voice.stream({ minSilenceMs: PAUSE_MS, ...rest });
  const buffer = sampleBuffer();
  let sampleRate = 1;
  /** Start of the utterance that is being spoken, or -1. */
  let openMs = -1;
  let cutMs = 0;
  const indexOf = (ms: number): number => Math.round((ms * sampleRate) / 1000);

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
    const nowMs = (1000 * buffer.end()) / sampleRate;
    const fromMs = Math.max(openMs, cutMs);
    if (openMs >= 0 && nowMs - fromMs >= mostMs) {
      cutMs = fromMs + mostMs;
      done.push(...take(fromMs, cutMs));
    }
    buffer.forgetBefore(indexOf(openMs >= 0 ? Math.max(openMs, cutMs) : nowMs - LOOK_BACK_MS));
    return done;
  }

  for await (const piece of sound) {
    sampleRate = piece.sampleRate;
    buffer.append(piece.samples);
    yield* settle(await stream.push(piece.samples));
  }
  yield* settle(await stream.flush());
}
