import { expect, test } from "vitest";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { nodeVoiceActivity } from "../../platform/node/speech-models.ts";
import { voice } from "./voice.ts";

/** Energy at one frequency (Goertzel). */
function energyAt(samples: Float32Array, hz: number, sampleRate: number): number {
  const angle = (2 * Math.PI * hz) / sampleRate;
  let [real, imaginary] = [0, 0];
  samples.forEach((value, index) => {
    real += value * Math.cos(angle * index);
    imaginary += value * Math.sin(angle * index);
  });
  return real * real + imaginary * imaginary;
}

test("is mono at 16 kHz with the length of its syllables and the silence around them", () => {
  const { samples, sampleRate } = voice([{ vowel: "a", pitch: [200, 200], durationMs: 500 }]);
  expect(sampleRate).toBe(16_000);
  expect(samples.length).toBe(0.9 * 16_000);
  expect(Math.max(...samples.map(Math.abs))).toBeCloseTo(0.7, 5);
  expect(samples.slice(0, 3200).every((value) => value === 0)).toBe(true);
});

test("has the pitch and the formants that were asked for", () => {
  const { samples, sampleRate } = voice([{ vowel: "i", pitch: [250, 250], durationMs: 800 }]);
  // /i/: much near 310 Hz (harmonic 250) and some near 2790 Hz (harmonic 2750), little between, as at 1500 Hz
  const [low, middle, high] = [250, 1500, 2750].map((hz) => energyAt(samples, hz, sampleRate)) as [
    number,
    number,
    number,
  ];
  expect(low).toBeGreaterThan(20 * middle);
  expect(high).toBeGreaterThan(middle);
});

test("a voice activity detector takes nearly all of it for speech", async () => {
  const ears = await nodeVoiceActivity(nodeRuntime());
  const segments = await ears.segments(voice());
  await ears.release();
  const spoken = segments.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  // 2.68 s, of which 2 × 0.2 s are silence
  expect(spoken).toBeGreaterThan(1800);
});
