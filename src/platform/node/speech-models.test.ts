import { execFileSync } from "node:child_process";
import { afterAll, describe, expect, test } from "vitest";
import { join, rms, silence } from "../../../test/support/sounds.ts";
import { random } from "../../core/random.ts";
import { addNoise } from "../../preprocess/speech/augment.ts";
import { denoiseWith } from "../../preprocess/speech/denoise.ts";
import { resample } from "../../preprocess/speech/resample.ts";
import { openVoiceActivity, type VoiceEvent } from "../../preprocess/speech/voice-activity.ts";
import { readWav } from "../../preprocess/speech/wav.ts";
import { nodeRuntime } from "./runtime.ts";
import { nodeVoiceActivity, rnnoise, voiceActivityModel } from "./speech-models.ts";

/** Speech out of a synthesizer, or null where there is none. */
function speak(text: string) {
  try {
    return resample(
      readWav(execFileSync("espeak-ng", ["--stdout", text], { stdio: ["ignore", "pipe", "ignore"] })),
      16_000,
    );
  } catch {
    return null;
  }
}
const spoken = speak("I never thought that this would happen to me");
if (spoken === null) console.warn("espeak-ng is missing, its tests are skipped: apt-get install espeak-ng");

const voice = await nodeVoiceActivity(nodeRuntime());
afterAll(() => voice.release());

describe("voice activity", () => {
  test("hears nobody in silence, noise, 20 ms", async () => {
    expect(await voice.segments(silence(1))).toEqual([]);
    const noise = random(1);
    const hiss = { samples: Float32Array.from({ length: 16_000 }, () => 0.05 * noise.normal()), sampleRate: 16_000 };
    expect(await voice.segments(hiss)).toEqual([]);
    expect(await voice.segments(silence(0.02))).toEqual([]);
  });

  test.skipIf(spoken === null)("finds the sentence between two pauses, within a fifth of a second", async () => {
    const sound = join(silence(1), spoken!, silence(1));
    const segments = await voice.segments(sound);
    const lengthMs = spoken!.samples.length / 16;
    expect(segments.length).toBeGreaterThan(0);
    expect(Math.abs(segments[0]!.startMs - 1_000)).toBeLessThan(200);
    expect(segments.at(-1)!.endMs).toBeGreaterThan(1_000 + lengthMs - 600);
    expect(segments.at(-1)!.endMs).toBeLessThan(1_000 + lengthMs + 300);
  });

  test.skipIf(spoken === null)("a stream in odd pieces gives the segments of the whole", async () => {
    const sound = join(silence(0.5), spoken!, silence(0.7), spoken!, silence(0.3));
    const stream = voice.stream();
    const events: VoiceEvent[] = [];
    for (let at = 0; at < sound.samples.length; at += 777) {
      events.push(...(await stream.push(sound.samples.subarray(at, at + 777))));
    }
    events.push(...(await stream.flush()));
    const ends = events.flatMap((event) =>
      event.type === "end" ? [{ startMs: event.startMs, endMs: event.endMs }] : [],
    );
    expect(ends).toEqual(await voice.segments(sound));
  });

  test("another rate and a file that is no model are refused", async () => {
    await expect(voice.segments(silence(1, 8_000))).rejects.toMatchObject({ code: "sample-rate" });
    const model = await voiceActivityModel();
    await expect(openVoiceActivity(nodeRuntime(), model.slice(0, 1_000))).rejects.toMatchObject({ code: "model" });
  });
});

describe("rnnoise", () => {
  test.skipIf(spoken === null)("cleans speech in noise and keeps it in place", async () => {
    const open = await rnnoise();
    const sound = join(silence(1), spoken!);
    const noisy = addNoise(sound, null, 5, random(1));
    const { samples } = denoiseWith(open, noisy);
    expect(samples).toHaveLength(noisy.samples.length);
    // The second half of the first second: noise only, and the network has settled.
    const drop = rms(noisy.samples.subarray(8_000, 15_000)) / rms(samples.subarray(8_000, 15_000));
    expect(20 * Math.log10(drop)).toBeGreaterThan(12);
    let [cross, own, other] = [0, 0, 0];
    samples.forEach((value, i) => {
      cross += value * sound.samples[i]!;
      own += value * value;
      other += sound.samples[i]! ** 2;
    });
    // Would be near 0 if the 10 ms of delay were left in.
    expect(cross / Math.sqrt(own * other)).toBeGreaterThan(0.8);
  });

  test("silence comes out as silence", async () => {
    expect(rms(denoiseWith(await rnnoise(), silence(0.5)).samples)).toBeLessThan(1e-4);
  });
});
