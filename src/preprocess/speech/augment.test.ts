import { describe, expect, test } from "vitest";
import { rms, silence, tone } from "../../../test/support/sounds.ts";
import type { Features } from "../../core/media.ts";
import { random } from "../../core/random.ts";
import {
  addFeatureNoise,
  addNoise,
  augmentFeatures,
  augmentSound,
  maskBands,
  maskSteps,
  muLaw,
  shiftBands,
  shiftTime,
  takeSteps,
  telephone,
} from "./augment.ts";
import { pitch } from "./pitch.ts";
import { changePitch, changeSpeed, changeTempo } from "./tempo.ts";

/** Value `10 · step + band`. */
function grid(steps: number, bands: number): Features {
  return {
    data: Float32Array.from({ length: steps * bands }, (_, i) => 10 * Math.floor(i / bands) + (i % bands)),
    steps,
    bands,
  };
}

function medianPitch(sound: { samples: Float32Array; sampleRate: number }): number {
  const voiced = pitch(sound)
    .hertz.filter((value) => value > 0)
    .sort();
  return voiced[voiced.length >> 1] ?? 0;
}

describe("augmentation of sound", () => {
  test.each([0, 10, 20])("noise stands %i dB under the sound", (snr) => {
    const sound = tone(440, 1);
    const recorded = { samples: tone(3_000, 0.3, 0.01).samples, sampleRate: 16_000 };
    for (const noise of [null, recorded]) {
      const noisy = addNoise(sound, noise, snr, random(1)).samples;
      const added = noisy.map((value, i) => value - sound.samples[i]!);
      expect(20 * Math.log10(rms(sound.samples) / rms(added))).toBeCloseTo(snr, 2);
    }
  });

  test("noise on silence, and silence as noise, change nothing", () => {
    expect(rms(addNoise(silence(1), null, 0, random(1)).samples)).toBe(0);
    const sound = tone(440, 0.1);
    expect(addNoise(sound, silence(1), 0, random(1))).toBe(sound);
    expect(addNoise(sound, silence(0), 0, random(1))).toBe(sound);
  });

  test("a shift moves samples and keeps the length", () => {
    const sound = { samples: Float32Array.of(1, 2, 3, 4), sampleRate: 1_000 };
    expect([...shiftTime(sound, 1).samples]).toEqual([0, 1, 2, 3]);
    expect([...shiftTime(sound, -1).samples]).toEqual([2, 3, 4, 0]);
    expect([...shiftTime(sound, 99).samples]).toEqual([0, 0, 0, 0]);
    expect([...shiftTime(sound, -99).samples]).toEqual([0, 0, 0, 0]);
  });

  test("µ-law keeps 0 and full scale and errs by less than 4 percent of a value", () => {
    expect([...muLaw(Float32Array.of(0, 1, -1, 2))]).toEqual([0, 1, -1, 1]);
    for (const value of [0.5, 0.1, 0.02, -0.3]) {
      expect(Math.abs(muLaw(Float32Array.of(value))[0]! / value - 1)).toBeLessThan(0.04);
    }
  });

  test("a telephone passes 1,000 Hz and stops 100 and 6,000 Hz", () => {
    const level = (hertz: number) =>
      20 * Math.log10(rms(telephone(tone(hertz, 0.5)).samples) / rms(tone(hertz, 0.5).samples));
    expect(level(1_000)).toBeCloseTo(0, 0);
    expect(level(100)).toBeLessThan(-25);
    expect(level(6_000)).toBeLessThan(-20);
  });

  test.each([0.8, 0.9, 1.1, 1.25])("tempo by %f changes the length and neither pitch nor level", (factor) => {
    const sound = tone(220, 1);
    const changed = changeTempo(sound, factor);
    expect(changed.samples).toHaveLength(Math.round(16_000 / factor));
    expect(Math.abs(medianPitch(changed) - 220)).toBeLessThan(3);
    expect(rms(changed.samples)).toBeCloseTo(rms(sound.samples), 1);
  });

  test.each([-4, -2, 2, 4])("pitch by %i semitones moves it and keeps the length", (semitones) => {
    const changed = changePitch(tone(220, 1), semitones);
    const expected = 220 * 2 ** (semitones / 12);
    expect(Math.abs(medianPitch(changed) / expected - 1)).toBeLessThan(0.015);
    expect(Math.abs(changed.samples.length / 16_000 - 1)).toBeLessThan(0.01);
  });

  test("speed changes both", () => {
    const faster = changeSpeed(tone(220, 1), 1.25);
    expect(faster.samples).toHaveLength(12_800);
    expect(Math.abs(medianPitch(faster) - 275)).toBeLessThan(3);
  });

  test("20 ms pass through all of it, and absurd factors are refused", () => {
    const all = {
      snr: [0, 10],
      gain: [-6, 6],
      shiftMs: [-5, 5],
      semitones: [-2, 2],
      tempo: [0.9, 1.1],
      telephone: true,
    } as const;
    const out = augmentSound(tone(440, 0.02), random(1), { probability: 1, ...all });
    expect(out.samples.length).toBeGreaterThan(250);
    expect(out.samples.every(Number.isFinite)).toBe(true);
    expect(() => changeTempo(tone(440, 1), 0)).toThrow(expect.objectContaining({ code: "config" }));
    expect(() => changePitch(tone(440, 1), 60)).toThrow(expect.objectContaining({ code: "config" }));
  });

  test("the same seed gives the same sound, another seed another", () => {
    const run = (seed: number) =>
      augmentSound(tone(440, 0.5), random(seed), { probability: 1, snr: [0, 20], gain: [-6, 6] });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });
});

describe("augmentation of features", () => {
  test("steps are taken at a speed, between steps by interpolation", () => {
    expect([...takeSteps(grid(4, 1), 3, 1, 1).data]).toEqual([10, 20, 30]);
    expect([...takeSteps(grid(4, 1), 3, 0.5, 1).data]).toEqual([10, 15, 20]);
    expect([...takeSteps(grid(6, 1), 3, 2, 0).data]).toEqual([0, 20, 40]);
  });

  test("a clip that is too short starts again", () => {
    expect([...takeSteps(grid(2, 1), 5).data]).toEqual([0, 10, 0, 10, 0]);
    expect([...takeSteps(grid(1, 2), 2).data]).toEqual([0, 1, 0, 1]);
    expect(() => takeSteps(grid(0, 2), 2)).toThrow(expect.objectContaining({ code: "input" }));
  });

  test("bands shift up and down with the edge repeated", () => {
    const up = grid(1, 4);
    shiftBands(up, 1);
    expect([...up.data]).toEqual([0, 0, 1, 2]);
    const down = grid(2, 4);
    shiftBands(down, -2);
    expect([...down.data]).toEqual([2, 3, 3, 3, 12, 13, 13, 13]);
  });

  test("masks cover at most what they may, in one stretch", () => {
    for (let seed = 0; seed < 50; seed++) {
      const inTime = { data: new Float32Array(20 * 3).fill(1), steps: 20, bands: 3 };
      maskSteps(inTime, 5, random(seed));
      const maskedSteps = [...Array(20).keys()].filter((step) => inTime.data[step * 3] === 0);
      expect(maskedSteps.length).toBeLessThanOrEqual(5);
      expect((maskedSteps.at(-1) ?? -1) - (maskedSteps[0] ?? 0) + 1).toBe(maskedSteps.length);

      const inBands = { data: new Float32Array(3 * 20).fill(1), steps: 3, bands: 20 };
      maskBands(inBands, 4, random(seed), -1);
      const masked = inBands.data.filter((value) => value === -1).length;
      expect(masked % 3).toBe(0);
      expect(masked).toBeLessThanOrEqual(12);
    }
  });

  test("noise has the deviation asked for", () => {
    const features = { data: new Float32Array(40_000), steps: 400, bands: 100 };
    addFeatureNoise(features, 0.25, random(1));
    expect(rms(features.data)).toBeCloseTo(0.25, 2);
  });

  test("the whole chain keeps its input, gives the steps asked for, and follows its seed", () => {
    const options = {
      speed: [0.85, 1.18],
      bandShift: 3,
      stepMasks: { count: 2, longest: 20 },
      bandMasks: { count: 2, widest: 10 },
      noise: 0.25,
    } as const;
    for (const steps of [1, 40, 128, 400]) {
      const input = grid(steps, 64);
      const run = (seed: number) => augmentFeatures(input, 128, random(seed), options);
      expect(run(1)).toEqual(run(1));
      expect([run(1).steps, run(1).data.length]).toEqual([128, 128 * 64]);
      expect(run(1).data).not.toEqual(run(2).data);
      expect(run(1).data.every(Number.isFinite)).toBe(true);
      expect(input).toEqual(grid(steps, 64));
    }
  });

  test("without options it is a random cut", () => {
    const cut = augmentFeatures(grid(50, 1), 10, random(4));
    for (let i = 1; i < 10; i++) expect(cut.data[i]! - cut.data[i - 1]!).toBe(10);
  });
});
