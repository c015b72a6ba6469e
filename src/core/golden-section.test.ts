import { expect, test } from "vitest";
import { goldenSection } from "./golden-section.ts";

test("the bottom of a valley is found, in the middle and at an end", () => {
  expect(goldenSection((x) => (x - 0.3) ** 2, -1, 4, 1e-6)).toBeCloseTo(0.3, 5);
  expect(goldenSection((x) => x, 2, 5, 1e-6)).toBeCloseTo(2, 5);
  expect(goldenSection((x) => -x, 2, 5, 1e-6)).toBeCloseTo(5, 5);
});

test("each step costs one look", () => {
  let looks = 0;
  goldenSection((x) => (looks++, Math.abs(x)), -1, 1, 0.01);
  // 2 · 0.618ⁿ ≤ 0.01 takes 12 steps after the first two looks
  expect(looks).toBe(14);
});
