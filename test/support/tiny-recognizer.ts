/** A recognizer on tiny models, with a detector and a voice detector whose answers are known by hand. */
import type { Frame, Picture, Waveform } from "../../src/core/media.ts";
import type { Media } from "../../src/core/ports.ts";
import type { Box } from "../../src/core/prediction.ts";
import { nodeRuntime } from "../../src/platform/node/runtime.ts";
import { VOICE_STEP_MS, voiceGate } from "../../src/preprocess/speech/voice-activity.ts";
import { type FaceContract, type SpeechContract, type TextContract } from "../../src/recognize/contract.ts";
import { contractFromModel } from "../../src/recognize/contract-file.ts";
import { type FaceDetector, openFaceExpert } from "../../src/recognize/face-expert.ts";
import { openSpeechExpert } from "../../src/recognize/speech-expert.ts";
import { openTextExpert } from "../../src/recognize/text-expert.ts";
import type { VoiceActivity } from "../../src/recognize/utterances.ts";
import { tinyFace, tinySpeech, tinyText } from "./tiny-models.ts";

const runtime = nodeRuntime();

export function textExpert(bytes = tinyText()) {
  return openTextExpert(runtime, bytes, contractFromModel(bytes) as TextContract);
}
export function faceExpert(bytes = tinyFace()) {
  return openFaceExpert(runtime, bytes, contractFromModel(bytes) as FaceContract);
}
export function speechExpert(bytes = tinySpeech()) {
  return openSpeechExpert(runtime, bytes, contractFromModel(bytes) as SpeechContract);
}

/** A grey picture with squares of one brightness, in [0, 255], on a background of 127. */
export function picture(...squares: readonly (Box & { grey: number })[]): Picture {
  const [width, height] = [96, 64];
  const data = new Uint8Array(width * height).fill(127);
  for (const { x, y, width: across, height: down, grey } of squares) {
    for (let row = y; row < y + down; row++) data.fill(grey, row * width + x, row * width + x + across);
  }
  return { data, width, height, channels: 1 };
}

/** Finds the squares of `picture` by their top left corner: any pixel that is not background starts one. */
export const squareDetector: FaceDetector = {
  async detect({ data, width, height }) {
    const seen = new Set<number>();
    const boxes: Box[] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (data[y * width + x] === 127 || seen.has(y * width + x)) continue;
        let side = 0;
        while (x + side < width && data[y * width + x + side] !== 127) side++;
        for (let row = y; row < y + side; row++) for (let at = x; at < x + side; at++) seen.add(row * width + at);
        boxes.push({ x, y, width: side, height: side });
      }
    }
    return boxes.map((box) => ({ box, confidence: 0.9 }));
  },
};

/** Hears speech in every step of 32 ms that is louder than a hundredth. */
export const loudnessDetector: VoiceActivity = {
  stream(options) {
    const step = (VOICE_STEP_MS * 16_000) / 1000;
    const gate = voiceGate(options);
    let rest: number[] = [];
    let received = 0;
    return {
      async push(samples) {
        received += samples.length;
        rest.push(...samples);
        const events = [];
        while (rest.length >= step) {
          events.push(...gate.push(rest.slice(0, step).some((value) => Math.abs(value) > 0.01) ? 1 : 0));
          rest = rest.slice(step);
        }
        return events;
      },
      async flush() {
        return gate.end((received * 1000) / 16_000);
      },
    };
  },
};

/** A tone at each of the given times. */
export function tones(
  lengthMs: number,
  ...parts: readonly { readonly fromMs: number; readonly toMs: number; readonly hz: number }[]
): Waveform {
  const samples = new Float32Array(lengthMs * 16);
  for (const { fromMs, toMs, hz } of parts) {
    for (let at = fromMs * 16; at < toMs * 16; at++) samples[at] = 0.5 * Math.sin((2 * Math.PI * hz * at) / 16_000);
  }
  return { samples, sampleRate: 16_000 };
}

/** A film in memory; `source` is ignored. */
export function film(frames: readonly Frame[], sound: Waveform | null): Media {
  return {
    async picture() {
      throw new Error("a film has no single picture");
    },
    async *sound() {
      if (sound === null) return;
      for (let at = 0; at < sound.samples.length; at += 16_000) {
        yield { samples: sound.samples.subarray(at, at + 16_000), sampleRate: 16_000 };
      }
    },
    async *frames() {
      yield* frames;
    },
    async info() {
      return { durationMs: 0, hasAudio: sound !== null, hasVideo: frames.length > 0 };
    },
  };
}
