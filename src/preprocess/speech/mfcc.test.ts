import { expect, test } from "vitest";
import { deltas, mfcc, sideBySide } from "./mfcc.ts";

test("mfcc is the orthonormal DCT-II", () => {
  // scipy.fft.dct([1, 2, 3, 4], norm="ortho") = [5, -2.23044, 0, -0.15851]
  const { data, bands } = mfcc({ data: Float32Array.of(1, 2, 3, 4), steps: 1, bands: 4 }, 4);
  expect(bands).toBe(4);
  expect(data[0]).toBeCloseTo(5, 5);
  expect(data[1]).toBeCloseTo(-2.23044, 4);
  expect(data[2]).toBeCloseTo(0, 5);
  expect(data[3]).toBeCloseTo(-0.15851, 4);
});

test("asking for more coefficients than bands is refused", () => {
  expect(() => mfcc({ data: new Float32Array(4), steps: 1, bands: 4 }, 5)).toThrow(/1 to 4|coefficients/);
});

test("the delta of a ramp is its slope, and flattens at the repeated ends", () => {
  const ramp = deltas({ data: Float32Array.of(0, 2, 4, 6, 8, 10), steps: 6, bands: 1 });
  expect(ramp.data[2]).toBeCloseTo(2, 6);
  // (1·(2 − 0) + 2·(4 − 0)) / 10
  expect(ramp.data[0]).toBeCloseTo(1, 6);
});

test("features join by column and must have the same number of steps", () => {
  const a = { data: Float32Array.of(1, 2), steps: 2, bands: 1 };
  const b = { data: Float32Array.of(3, 4, 5, 6), steps: 2, bands: 2 };
  expect([...sideBySide(a, b).data]).toEqual([1, 3, 4, 2, 5, 6]);
  expect(() => sideBySide(a, { ...a, steps: 1 })).toThrow(expect.objectContaining({ code: "shape" }));
});
