import { describe, expect, test } from "vitest";
import { float16Bits, float16Value } from "./float16.ts";

describe("half precision", () => {
  test.each([
    [0, 0x0000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [0.333251953125, 0x3555],
  ])("%f has the bits %i, and they its value", (value, bits) => {
    expect(float16Bits(value)).toBe(bits);
    expect(float16Value(bits)).toBe(value);
  });

  test.each([
    [1e6, 0x7bff],
    [2 ** -26, 0x0000],
    // Halfway between two values: the even one.
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])("%f is rounded or cut to the bits %i", (value, bits) => {
    expect(float16Bits(value)).toBe(bits);
  });

  test("knows infinity and what is no number", () => {
    expect([0x7c00, 0xfc00, 0x7e00].map(float16Value)).toEqual([Infinity, -Infinity, Number.NaN]);
  });

  test("every finite value has its own bits", () => {
    for (let bits = 0; bits < 0x7c00; bits++) {
      if (float16Bits(float16Value(bits)) !== bits) throw new Error(`${bits} came back as another`);
      if (float16Bits(-float16Value(bits)) !== (bits | 0x8000)) throw new Error(`-${bits} came back as another`);
    }
  });

  test("is off by at most half a unit in the last place", () => {
    for (let i = -300; i < 300; i++) {
      const value = Math.fround((i < 0 ? -1 : 1) * 1.07 ** (i / 3) * 0.9);
      const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
      expect(Math.abs(float16Value(float16Bits(value)) - value)).toBeLessThanOrEqual(unit / 2);
    }
  });
});
