import { describe, expect, test } from "vitest";
import { join, silence, tone } from "../../../test/support/sounds.ts";
import { random } from "../../core/random.ts";
import { pitch } from "./pitch.ts";
import { energyDb, functionals, overTime, speechStatistics, statisticsVector } from "./statistics.ts";

/** Harmonics that fall off like a voice's. */
function voice(hertz: number, seconds: number) {
  const parts = [1, 2, 3, 4, 5].map((k) => tone(hertz * k, seconds, 0.3 / k));
  const samples = parts[0]!.samples.map((_, i) => parts.reduce((sum, part) => sum + part.samples[i]!, 0));
  return { samples, sampleRate: 16_000 };
}

describe("pitch", () => {
  test.each([80, 120, 220, 350, 500])("finds a voice at %i Hz within 1 percent in every frame", (hertz) => {
    const { hertz: found } = pitch(voice(hertz, 0.5));
    expect(found.length).toBeGreaterThan(40);
    for (const value of found) expect(Math.abs(value - hertz) / hertz).toBeLessThan(0.01);
  });

  test("hears nothing in noise, silence and 20 ms", () => {
    const noise = random(3);
    const hiss = { samples: Float32Array.from({ length: 8_000 }, () => 0.3 * noise.normal()), sampleRate: 16_000 };
    const voiced = pitch(hiss).hertz.filter((value) => value > 0).length;
    expect(voiced).toBeLessThan(3);
    expect([...pitch(silence(0.02)).hertz]).toEqual([0]);
    expect(pitch(silence(1)).hertz.every((value) => value === 0)).toBe(true);
  });

  test("works at 8 kHz and 44.1 kHz", () => {
    for (const rate of [8_000, 44_100]) {
      const { hertz } = pitch(tone(200, 0.5, 0.5, rate));
      for (const value of hertz) expect(Math.abs(value - 200)).toBeLessThan(2);
    }
  });
});

describe("functionals", () => {
  test("are the textbook values of 1 to 5 over half a second", () => {
    const result = functionals([1, 2, 3, 4, 5], [0, 100, 200, 300, 400]);
    expect(result).toMatchObject({ mean: 3, minimum: 1, maximum: 5, median: 3, p20: 1.8, p80: 4.2 });
    expect(result.deviation).toBeCloseTo(Math.SQRT2, 12);
    expect(result.slope).toBeCloseTo(10, 9);
  });

  test("are zero for nothing", () => {
    expect(functionals([], []).mean).toBe(0);
  });
});

test("the level of a full-scale sine is -3.01 dB, of silence -120 dB", () => {
  expect(energyDb(tone(1_000, 0.1, 1))[3]).toBeCloseTo(-3.01, 2);
  expect(energyDb(silence(0.1))[0]).toBe(-120);
});

test("two voiced stretches are counted, with their pitch in semitones", () => {
  const result = speechStatistics(join(voice(110, 0.4), silence(0.2), voice(220, 0.4)));
  // 24 and 36 semitones above 27.5 Hz
  expect(result.pitch.minimum).toBeCloseTo(24, 0);
  expect(result.pitch.maximum).toBeCloseTo(36, 0);
  expect(result.voicedPerSecond).toBe(2);
  expect(result.voicedShare).toBeGreaterThan(0.7);
  const row = statisticsVector(result);
  expect(row).toHaveLength(20);
  expect(row.every(Number.isFinite)).toBe(true);
});

test("overTime gives the means, then the deviations, of every column", () => {
  expect([...overTime({ data: Float32Array.of(1, 10, 3, 10), steps: 2, bands: 2 })]).toEqual([2, 10, 1, 0]);
});
