import { describe, expect, test } from "vitest";
import { join, rms, silence, tone } from "../../../test/support/sounds.ts";
import { BUTTERWORTH_4, filter, highPass, lowPass } from "./biquad.ts";
import { gain, kWeighting, loudness, normalizeLoudness, normalizeRms } from "./loudness.ts";

describe("biquad", () => {
  /** Level of a tone behind the filter, in dB, once it has settled. */
  function response(hertz: number, kind: typeof lowPass): number {
    const stages = BUTTERWORTH_4.map((q) => kind(1_000, q, 16_000));
    return 20 * Math.log10(rms(filter(tone(hertz, 1, 1).samples, stages).subarray(8_000)) * Math.SQRT2);
  }

  test("a Butterworth of fourth order is 3 dB down at its corner and 24 dB an octave beyond", () => {
    expect(response(1_000, lowPass)).toBeCloseTo(-3.01, 1);
    expect(response(1_000, highPass)).toBeCloseTo(-3.01, 1);
    expect(response(250, lowPass)).toBeCloseTo(0, 1);
    // two octaves under the corner, where the bilinear transform does not bend the slope
    expect(response(250, highPass)).toBeCloseTo(-48.5, 0);
  });
});

describe("loudness", () => {
  test("the K-weighting at 48 kHz is the table of BS.1770", () => {
    const [shelf, high] = kWeighting(48_000);
    expect(shelf.b0).toBeCloseTo(1.53512485958697, 9);
    expect(shelf.b1).toBeCloseTo(-2.69169618940638, 9);
    expect(shelf.b2).toBeCloseTo(1.19839281085285, 9);
    expect(shelf.a1).toBeCloseTo(-1.69065929318241, 9);
    expect(shelf.a2).toBeCloseTo(0.73248077421585, 9);
    expect(high.a1).toBeCloseTo(-1.99004745483398, 9);
    expect(high.a2).toBeCloseTo(0.99007225036621, 9);
  });

  test.each([16_000, 48_000])("a full-scale sine of 997 Hz is -3.01 LUFS at %i Hz", (rate) => {
    expect(loudness(tone(997, 2, 1, rate))).toBeCloseTo(-3.01, 1);
  });

  test("pauses do not make speech quieter", () => {
    const speech = tone(997, 2, 0.1);
    expect(loudness(join(speech, silence(6)))).toBeCloseTo(loudness(speech), 0);
  });

  test("silence has no loudness, 20 ms do", () => {
    expect(loudness(silence(1))).toBe(Number.NEGATIVE_INFINITY);
    expect(loudness(silence(0))).toBe(Number.NEGATIVE_INFINITY);
    expect(Number.isFinite(loudness(tone(997, 0.02)))).toBe(true);
  });
});

describe("normalization", () => {
  test("brings a quiet and a loud sound to the same loudness", () => {
    for (const amplitude of [0.02, 0.2]) {
      expect(loudness(normalizeLoudness(tone(440, 1, amplitude)))).toBeCloseTo(-23, 3);
    }
  });

  test("neither clips nor blows up what is almost silent, and leaves silence", () => {
    const loud = normalizeLoudness(tone(440, 1, 0.1), { target: 0 });
    expect(Math.max(...loud.samples)).toBeCloseTo(0.99, 3);
    const faint = tone(440, 1, 0.001);
    expect(rms(normalizeLoudness(faint).samples) / rms(faint.samples)).toBeCloseTo(10 ** (30 / 20), 2);
    expect(rms(normalizeLoudness(silence(1)).samples)).toBe(0);
  });

  test("by root mean square reaches its level", () => {
    expect(20 * Math.log10(rms(normalizeRms(tone(440, 1)).samples))).toBeCloseTo(-26, 4);
    expect(rms(normalizeRms(silence(1)).samples)).toBe(0);
  });

  test("a gain of 6.02 dB doubles", () => {
    expect(gain(tone(440, 0.1), 20 * Math.log10(2)).samples[5]).toBeCloseTo(2 * tone(440, 0.1).samples[5]!, 6);
  });
});
