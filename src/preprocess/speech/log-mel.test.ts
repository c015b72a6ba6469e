import { describe, expect, test } from "vitest";
import { silence, tone } from "../../../test/support/sounds.ts";
import { hannWindow, logMel, logMelExtractor } from "./log-mel.ts";
import { hertzToMel, melBank, melToHertz } from "./mel.ts";

describe("mel", () => {
  test("1,000 Hz are 1,000 mel, and the way back is exact", () => {
    expect(hertzToMel(1_000)).toBeCloseTo(999.9855, 3);
    expect(melToHertz(hertzToMel(4_321))).toBeCloseTo(4_321, 9);
  });

  test("triangles peak at their centre and sum to 1 between the outer centres", () => {
    const bank = melBank(8, 512, 16_000, 50, 7_600);
    const sums = new Float64Array(257);
    for (let band = 0; band < 8; band++) {
      for (let w = bank.offsets[band]!, bin = bank.firstBins[band]!; w < bank.offsets[band + 1]!; w++, bin++) {
        sums[bin]! += bank.weights[w]!;
      }
    }
    expect(sums[100]).toBeCloseTo(1, 9);
    expect(sums[0]).toBe(0);
  });

  test("refuses a range beyond half the sample rate", () => {
    expect(() => melBank(64, 512, 8_000, 50, 7_600)).toThrow(expect.objectContaining({ code: "config" }));
    expect(() => melBank(0, 512, 16_000, 50, 7_600)).toThrow(expect.objectContaining({ code: "config" }));
  });
});

describe("logMel", () => {
  const a = tone(1_000, 0.1);
  const b = tone(3_000, 0.1, 0.25);
  const two = { samples: a.samples.map((value, i) => value + b.samples[i]!), sampleRate: 16_000 };

  test("agrees with the same transform in NumPy", () => {
    // numpy.fft.rfft of the periodic Hann window, triangles linear in Hz; first and last of 8 frames are alike
    const mel = logMel(two);
    expect([mel.steps, mel.bands]).toEqual([8, 64]);
    const reference = [
      [0, -12.27223],
      [10, -12.13542],
      [22, 6.93778],
      [23, 1.77704],
      [24, -3.53091],
      [42, 6.87574],
      [63, -13.81484],
    ] as const;
    for (const [band, value] of reference) {
      // Far under the tone only rounding of the 32-bit samples is left.
      const digits = value < -10 ? 1 : 4;
      expect(mel.data[band]).toBeCloseTo(value, digits);
      expect(mel.data[7 * 64 + band]).toBeCloseTo(value, digits);
    }
  });

  test("a sound twice as loud is ln 4 higher in every band that stands over the floor", () => {
    const quiet = logMel(tone(1_000, 0.1, 0.2));
    const loud = logMel(tone(1_000, 0.1, 0.4));
    expect(loud.data[21]! - quiet.data[21]!).toBeCloseTo(Math.log(4), 4);
  });

  test("an odd number of frames and a frame alone are the same as in a pair", () => {
    const whole = logMel(two);
    const odd = logMel({ samples: two.samples.subarray(0, 400 + 2 * 160), sampleRate: 16_000 });
    expect(odd.steps).toBe(3);
    odd.data.forEach((value, i) => void expect(value).toBeCloseTo(whole.data[i]!, 3));
  });

  test("20 ms of sound give one frame, silence gives the floor, and a second 98 frames", () => {
    expect(logMel(tone(440, 0.02)).steps).toBe(1);
    expect(logMel(silence(0.02)).data[5]).toBeCloseTo(Math.log(1e-6), 5);
    expect(logMel(silence(1)).steps).toBe(98);
  });

  test("takes other rates, bands and hops", () => {
    const mel = logMelExtractor({ sampleRate: 8_000, bands: 40, high: 3_800, hopMs: 20 })(tone(440, 1, 0.5, 8_000));
    expect([mel.steps, mel.bands]).toEqual([49, 40]);
    const narrow = logMel(tone(440, 0.1), { bands: 200 });
    expect(narrow.data.every((value) => value > Math.log(1e-6))).toBe(true);
  });

  test("refuses another rate, no samples and settings that do not fit", () => {
    expect(() => logMel(tone(440, 1, 0.5, 44_100))).toThrow(expect.objectContaining({ code: "sample-rate" }));
    expect(() => logMel(silence(0))).toThrow(expect.objectContaining({ code: "input" }));
    expect(() => logMelExtractor({ hopMs: 0 })).toThrow(expect.objectContaining({ code: "config" }));
    expect(() => logMelExtractor({ floor: 0 })).toThrow(expect.objectContaining({ code: "config" }));
  });
});

test("the Hann window is periodic", () => {
  expect([...hannWindow(4)].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([0, 0.5, 1, 0.5]);
});
