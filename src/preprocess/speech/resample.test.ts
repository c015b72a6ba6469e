import { describe, expect, test } from "vitest";
import { rms, tone } from "../../../test/support/sounds.ts";
import { random } from "../../core/random.ts";
import { resample, resampler } from "./resample.ts";

describe("resample", () => {
  test.each([8_000, 11_025, 22_050, 44_100, 48_000])("a tone at %i Hz becomes the same tone at 16 kHz", (rate) => {
    const result = resample(tone(1_000, 0.5, 0.5, rate), 16_000);
    const expected = tone(1_000, 0.5);
    expect(result.samples).toHaveLength(Math.ceil((Math.round(rate / 2) * 16_000) / rate));
    let worst = 0;
    // The first and last 10 ms lean on the silence around the sound.
    for (let i = 160; i < 7_840; i++) worst = Math.max(worst, Math.abs(result.samples[i]! - expected.samples[i]!));
    expect(worst).toBeLessThan(1e-3);
  });

  test("removes what the lower rate cannot hold", () => {
    const result = resample(tone(10_000, 0.5, 0.5, 48_000), 16_000);
    expect(rms(result.samples.subarray(400, 7_600))).toBeLessThan(0.5 * 10 ** (-60 / 20));
  });

  test("keeps a constant as it is", () => {
    const result = resample({ samples: new Float32Array(4_410).fill(0.25), sampleRate: 44_100 }, 16_000);
    expect(result.samples[800]).toBeCloseTo(0.25, 6);
  });

  test("pieces of any size give exactly what the whole gives", () => {
    const noise = random(1);
    const samples = Float32Array.from({ length: 5_000 }, () => noise.uniform(-1, 1));
    const whole = resample({ samples, sampleRate: 44_100 }, 16_000).samples;
    const stream = resampler(44_100, 16_000);
    const out: number[] = [];
    for (let at = 0; at < samples.length; ) {
      const size = 1 + noise.integer(300);
      out.push(...stream.push(samples.subarray(at, at + size)));
      at += size;
    }
    out.push(...stream.flush());
    expect(Float32Array.from(out)).toEqual(whole);
  });

  test("a minute in seconds gives ceil(length · ratio) samples", () => {
    const stream = resampler(8_000, 16_000);
    const second = new Float32Array(8_000);
    let length = 0;
    for (let i = 0; i < 60; i++) length += stream.push(second).length;
    length += stream.flush().length;
    expect(length).toBe(60 * 16_000);
  });

  test("empty sound stays empty, and an absurd rate is refused", () => {
    expect(resample({ samples: new Float32Array(0), sampleRate: 8_000 }, 16_000).samples).toHaveLength(0);
    expect(() => resample(tone(100, 0.1), 0)).toThrow(expect.objectContaining({ code: "sample-rate" }));
    expect(() => resampler(1.5, 16_000)).toThrow(expect.objectContaining({ code: "sample-rate" }));
  });
});
