import { expect, test } from "vitest";
import { pearson } from "./pearson.ts";

test("a shift and a scale leave the correlation at 1, a reversal makes it -1", () => {
  expect(pearson([1, 2, 3], [12, 14, 16])).toBeCloseTo(1, 12);
  expect(pearson([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
});

test("it is the covariance by the spreads", () => {
  // Deviations -1, 0, 1 and -1, 1, 0: covariance sum 1, spreads √2 each, so 1/2
  expect(pearson([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 12);
});

test("a constant series has none", () => {
  expect(pearson([1, 2, 3], [2, 2, 2])).toBeNull();
});
