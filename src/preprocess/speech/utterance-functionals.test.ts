import { describe, expect, test } from "vitest";
import { join, silence, tone } from "../../../test/support/sounds.ts";
import type { Waveform } from "../../core/media.ts";
import { random } from "../../core/random.ts";
import { logMel } from "./log-mel.ts";
import { utteranceFunctionals } from "./utterance-functionals.ts";

const HOP_MS = 10;
/** Numbers of the voice stand at the end, the mean pitch first. */
const VOICE = -31;
const RHYTHM = -8;

const of = (sound: Waveform): number[] => [...utteranceFunctionals(sound, logMel(sound), HOP_MS)];
const pitchOf = (sound: Waveform): number[] => of(sound).slice(VOICE);

describe("functionals of an utterance", () => {
  test("say the pitch of a tone in semitones above 27.5 Hz, and that it does not move", () => {
    // 220 Hz is three octaves above 27.5 Hz
    const [mean, deviation, median, slope] = pitchOf(tone(220, 1, 0.5)) as [number, number, number, number];
    expect(mean).toBeCloseTo(36, 1);
    expect(median).toBeCloseTo(36, 1);
    expect(deviation).toBeLessThan(0.05);
    expect(Math.abs(slope)).toBeLessThan(0.1);
  });

  test("say that a voice went up an octave, and how much higher its last third is than the mean", () => {
    const [, , , slope, minimum, maximum, range] = pitchOf(join(tone(110, 1, 0.5), tone(220, 1, 0.5)));
    expect(minimum).toBeCloseTo(24, 1);
    expect(maximum).toBeCloseTo(36, 1);
    expect(range).toBeCloseTo(12, 1);
    expect(slope).toBeGreaterThan(5);
    const [first, , last] = pitchOf(join(tone(110, 1, 0.5), tone(220, 1, 0.5))).slice(10);
    expect(first).toBeCloseTo(-6, 0);
    expect(last).toBeCloseTo(6, 0);
  });

  test("count voiced stretches, and how long they and what is between them last", () => {
    const [perSecond, meanMs, deviationMs, longestMs, , gapMs] = of(
      join(tone(200, 0.5, 0.5), silence(0.5), tone(200, 0.5, 0.5)),
    ).slice(RHYTHM) as [number, number, number, number, number, number];
    expect(perSecond).toBeGreaterThan(1.2);
    expect(perSecond).toBeLessThan(1.6);
    expect(Math.abs(meanMs - 500)).toBeLessThan(60);
    expect(deviationMs).toBeLessThan(60);
    expect(longestMs).toBeLessThan(560);
    expect(Math.abs(gapMs - 500)).toBeLessThan(60);
  });

  test("tell of the level in the first number alone", () => {
    const loud = join(tone(200, 0.4, 0.8), tone(900, 0.3, 0.4), tone(300, 0.4, 0.6));
    const quiet = { ...loud, samples: loud.samples.map((sample) => sample / 2) };
    // Log-mel has a floor, which a whisper would come near to: none here.
    const spectrum = (sound: Waveform) => logMel(sound, { floor: 1e-30 });
    const [level, ...rest] = utteranceFunctionals(loud, spectrum(loud), HOP_MS);
    const [lower, ...same] = utteranceFunctionals(quiet, spectrum(quiet), HOP_MS);
    expect((level as number) - (lower as number)).toBeCloseTo(Math.log(4), 3);
    for (const [index, value] of rest.entries()) expect(same[index]).toBeCloseTo(value, 2);
  });

  test("find the tempo at which the level swings", () => {
    const beat = tone(300, 2, 0.5);
    const swinging = (hertz: number): Waveform => ({
      ...beat,
      samples: beat.samples.map((sample, at) => sample * (1 + 0.8 * Math.sin((2 * Math.PI * hertz * at) / 16_000))),
    });
    // Behind the level: five of its shape, loudest, median, skew and three parts; then 1, 2, 4, 6, 8 and 12 Hz.
    const modulations = (hertz: number): number[] => of(swinging(hertz)).slice(12, 18);
    const strongest = (values: readonly number[]): number => values.indexOf(Math.max(...values));
    expect(strongest(modulations(2))).toBe(1);
    expect(strongest(modulations(4))).toBe(2);
    expect(strongest(modulations(8))).toBe(4);
  });

  test("say of each region of the spectrum how strong it is beside the level, how it varies and how it moves", () => {
    /** Three numbers of each of 32 regions, right before those of the voice. */
    const regions = (sound: Waveform): number[][] => {
      const numbers = of(sound).slice(VOICE - 96, VOICE);
      return Array.from({ length: 32 }, (_, region) => numbers.slice(region * 3, region * 3 + 3));
    };
    const strongest = (sound: Waveform): number => {
      const means = regions(sound).map(([mean]) => mean as number);
      return means.indexOf(Math.max(...means));
    };
    // 32 regions from 78 to 2,787 mel: 300 Hz (402 mel) lies in the fourth of them, 3,000 Hz (1,876 mel) in the 22nd.
    expect(Math.abs(strongest(tone(300, 1, 0.5)) - 3)).toBeLessThanOrEqual(1);
    expect(Math.abs(strongest(tone(3000, 1, 0.5)) - 21)).toBeLessThanOrEqual(1);
    const [steady, moving] = [tone(300, 1, 0.5), join(tone(300, 0.5, 0.5), tone(900, 0.5, 0.5))].map((sound) => {
      return regions(sound).map(([, deviation = 0, change = 0]) => deviation + change);
    }) as [number[], number[]];
    // Away from the edges of the clip a tone does not vary at all.
    expect(moving[3] as number).toBeGreaterThan(2 * (steady[3] as number));
  });

  test("weigh each region in the steps that are no pauses", () => {
    const [steps, bands] = [60, 64];
    const generator = random(1);
    // Every fourth step is 10 nepers under the others.
    const at = (step: number): number => (step % 4 === 3 ? -10 : 0) + generator.uniform(-1, 1);
    const data = Float32Array.from({ length: steps * bands }, (_, index) => at(Math.floor(index / bands)));
    const numbers = utteranceFunctionals(tone(200, 1, 0.5), { data, steps, bands }, HOP_MS);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const rows = Array.from({ length: steps }, (_, step) => [...data.subarray(step * bands, (step + 1) * bands)]);
    const level = mean(rows.map((row) => Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0))));
    for (let region = 0; region < 32; region++) {
      const contour = rows.map((row) => mean(row.slice(2 * region, 2 * region + 2)));
      const loud = contour.filter((_, step) => step % 4 !== 3);
      const spread = Math.sqrt(mean(loud.map((value) => (value - mean(loud)) ** 2)));
      const moves = contour.slice(1).map((value, step) => (value - (contour[step] as number)) ** 2);
      const found = [...numbers.slice(VOICE - 96, VOICE)].slice(3 * region, 3 * region + 3);
      for (const [index, expected] of [mean(loud) - level, spread, Math.sqrt(mean(moves))].entries()) {
        expect(found[index]).toBeCloseTo(expected, 5);
      }
    }
  });

  test("are finite and as many for silence and for a single step", () => {
    const many = of(tone(200, 1, 0.5)).length;
    for (const sound of [silence(1), silence(0.005), tone(200, 0.02, 0.5)]) {
      const numbers = of(sound);
      expect(numbers).toHaveLength(many);
      expect(numbers.every(Number.isFinite)).toBe(true);
    }
  });
});
