/**
 * Where somebody speaks.
 *
 * Source: Silero VAD v6 (Silero Team, 2021–2025, MIT): a small recurrent network over 512 samples (32 ms) at 16 kHz, which
 * also wants the 64 samples before them. Hysteresis and minimum durations follow its `get_speech_timestamps`.
 */
import { AffektError } from "../../core/errors.ts";
import type { Waveform } from "../../core/media.ts";
import type { Runtime, Session } from "../../core/ports.ts";
import { float32, floats, int64, type Tensor } from "../../core/tensor.ts";
import { checkSound } from "./log-mel.ts";

const SAMPLE_RATE = 16_000;
const CONTEXT = 64;
const STEP = 512;
const STATE = [2, 1, 128] as const;
/** Length of one step. */
export const VOICE_STEP_MS = (1000 * STEP) / SAMPLE_RATE;

export interface VoiceSegment {
  readonly startMs: number;
  readonly endMs: number;
}

export type VoiceEvent =
  | { readonly type: "start"; readonly startMs: number }
  | { readonly type: "end"; readonly startMs: number; readonly endMs: number };

export interface VoiceActivityOptions {
  /** Speech starts at this probability. Default 0.5. */
  readonly threshold?: number;
  /** Speech goes on down to this one. Default `threshold − 0.15`. */
  readonly release?: number;
  /** Shorter speech is dropped. Default 150: a cry of joy is short. */
  readonly minSpeechMs?: number;
  /** A shorter pause does not end speech. Default 200. */
  readonly minSilenceMs?: number;
  /** Added at both ends of speech. Default 60. */
  readonly padMs?: number;
}

/** Turns probabilities, one every 32 ms, into starts and ends. Portable logic, no network. */
export interface VoiceGate {
  push(probability: number): VoiceEvent[];
  /** @param atMs length of the sound */
  end(atMs: number): VoiceEvent[];
}

export function voiceGate(options: VoiceActivityOptions = {}): VoiceGate {
  const { threshold = 0.5, minSpeechMs = 150, minSilenceMs = 200, padMs = 60 } = options;
  const release = options.release ?? Math.max(0.01, threshold - 0.15);
  let nowMs = 0;
  let startMs = -1;
  let quietFromMs = -1;
  let announced = false;
  let lastEndMs = 0;

  const paddedStart = () => Math.max(lastEndMs, startMs - padMs);

  function close(endMs: number, limitMs: number): VoiceEvent[] {
    const long = endMs - startMs >= minSpeechMs;
    const from = paddedStart();
    const events: VoiceEvent[] = [];
    if (long) {
      const until = Math.min(limitMs, endMs + padMs);
      if (!announced) events.push({ type: "start", startMs: from });
      events.push({ type: "end", startMs: from, endMs: until });
      lastEndMs = until;
    }
    startMs = -1;
    quietFromMs = -1;
    announced = false;
    return events;
  }

  return {
    push(probability) {
      const stepStart = nowMs;
      nowMs += VOICE_STEP_MS;
      if (probability >= threshold) {
        if (startMs < 0) startMs = stepStart;
        quietFromMs = -1;
      } else if (startMs >= 0 && probability < release && quietFromMs < 0) {
        quietFromMs = stepStart;
      }
      if (startMs < 0) return [];
      if (quietFromMs >= 0 && nowMs - quietFromMs >= minSilenceMs) return close(quietFromMs, nowMs);
      if (!announced && quietFromMs < 0 && nowMs - startMs >= minSpeechMs) {
        announced = true;
        return [{ type: "start", startMs: paddedStart() }];
      }
      return [];
    },
    end(atMs) {
      return startMs < 0 ? [] : close(quietFromMs >= 0 ? quietFromMs : Math.min(nowMs, atMs), atMs);
    },
  };
}

/** One stream of sound. Not to be pushed to twice at the same time. */
export interface VoiceStream {
  /** @param samples at 16 kHz, any number @returns what has become certain */
  push(samples: Float32Array): Promise<VoiceEvent[]>;
  /** The rest, once the sound has ended. */
  flush(): Promise<VoiceEvent[]>;
}

export interface VoiceActivity {
  stream(options?: VoiceActivityOptions): VoiceStream;
  /** Probability of speech, one every 32 ms. @throws AffektError `sample-rate`, `input` */
  probabilities(sound: Waveform): Promise<Float32Array>;
  /** Stretches of speech, in order. @throws AffektError `sample-rate`, `input` */
  segments(sound: Waveform, options?: VoiceActivityOptions): Promise<VoiceSegment[]>;
  release(): Promise<void>;
}

/** Runs the network along one stream, carrying its state and context. */
function walker(session: Session) {
  const input = float32(new Float32Array(CONTEXT + STEP), [1, CONTEXT + STEP]);
  const rate = int64(BigInt64Array.of(BigInt(SAMPLE_RATE)), []);
  let state: Tensor = float32(new Float32Array(256), STATE);
  return async (step: Float32Array): Promise<number> => {
    // What was the end of the last step is the context of this one.
    input.data.copyWithin(0, STEP, STEP + CONTEXT);
    input.data.fill(0, CONTEXT + step.length);
    input.data.set(step, CONTEXT);
    const results = await session.run({ input, state, sr: rate });
    const next = results["stateN"];
    if (next !== undefined) state = next;
    return floats(results["output"], "output")[0] ?? 0;
  };
}

function segmentsOf(events: readonly VoiceEvent[]): VoiceSegment[] {
  return events.flatMap((event) => (event.type === "end" ? [{ startMs: event.startMs, endMs: event.endMs }] : []));
}

/**
 * @param model the ONNX file of Silero VAD v5 or v6
 * @throws AffektError `model` if it is another
 */
export async function openVoiceActivity(runtime: Runtime, model: Uint8Array): Promise<VoiceActivity> {
  const session = await runtime.open(model);
  if (session.inputs.join() !== "input,state,sr" || session.outputs.join() !== "output,stateN") {
    await session.release();
    throw new AffektError(
      "model",
      `Voice activity needs a network with inputs input, state, sr; received ${session.inputs.join(", ")}.`,
      "Use silero_vad_v6.onnx of @ricky0123/vad-web.",
    );
  }

  async function probabilities(sound: Waveform): Promise<Float32Array> {
    checkSound(sound, SAMPLE_RATE, "Voice activity");
    const { samples } = sound;
    const walk = walker(session);
    const out = new Float32Array(Math.ceil(samples.length / STEP));
    for (let step = 0; step < out.length; step++) {
      out[step] = await walk(samples.subarray(step * STEP, (step + 1) * STEP));
    }
    return out;
  }

  return {
    probabilities,
    async segments(sound, options) {
      const gate = voiceGate(options);
      const events: VoiceEvent[] = [];
      for (const probability of await probabilities(sound)) events.push(...gate.push(probability));
      events.push(...gate.end((1000 * sound.samples.length) / SAMPLE_RATE));
      return segmentsOf(events);
    },
    stream(options) {
      const gate = voiceGate(options);
      const walk = walker(session);
      const waiting = new Float32Array(STEP);
      let filled = 0;
      let received = 0;
      return {
        async push(samples) {
          const events: VoiceEvent[] = [];
          received += samples.length;
          for (let at = 0; at < samples.length; ) {
            const part = samples.subarray(at, at + STEP - filled);
            waiting.set(part, filled);
            at += part.length;
            filled += part.length;
            if (filled === STEP) {
              filled = 0;
              events.push(...gate.push(await walk(waiting)));
            }
          }
          return events;
        },
        async flush() {
          const events = filled > 0 ? gate.push(await walk(waiting.subarray(0, filled))) : [];
          filled = 0;
          return [...events, ...gate.end((1000 * received) / SAMPLE_RATE)];
        },
      };
    },
    release: () => session.release(),
  };
}
