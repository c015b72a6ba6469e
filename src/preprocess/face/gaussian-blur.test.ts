import { expect, test } from "vitest";
import { gaussianBlur } from "./gaussian-blur.ts";

test("a point becomes a Gaussian of the given deviation, and nothing is lost", () => {
  const side = 21;
  const pixels = new Float32Array(side * side);
  pixels[10 * side + 10] = 1;
  gaussianBlur(pixels, side, 1.5);
  expect(pixels.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  // exp(−d² / 2σ²) of the middle: one pixel aside, one aside and two down
  const middle = pixels[10 * side + 10] as number;
  expect((pixels[10 * side + 11] as number) / middle).toBeCloseTo(Math.exp(-1 / 4.5), 5);
  expect((pixels[12 * side + 9] as number) / middle).toBeCloseTo(Math.exp(-5 / 4.5), 5);
  let spread = 0;
  for (const [at, value] of pixels.entries()) spread += value * ((at % side) - 10) ** 2;
  // The kernel ends at three deviations, and is sampled: a little under 1.5² = 2.25
  expect(spread).toBeGreaterThan(2.15);
  expect(spread).toBeLessThan(2.25);
});

test("the edge is repeated, so an even picture stays as it is; planes do not mix", () => {
  const pixels = new Float32Array(2 * 16).fill(0.25, 16);
  gaussianBlur(pixels, 4, 2);
  expect([...pixels.subarray(0, 16)]).toEqual(Array(16).fill(0));
  for (const value of pixels.subarray(16)) expect(value).toBeCloseTo(0.25, 6);
});

test("next to no blur leaves every pixel as it is", () => {
  const pixels = Float32Array.from({ length: 16 }, (_, at) => at / 16);
  const before = pixels.slice();
  gaussianBlur(pixels, 4, 0.09);
  expect(pixels).toEqual(before);
});
