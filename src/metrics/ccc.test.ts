import { expect, test } from "vitest";
import { ccc } from "./ccc.ts";

test("equal series agree fully, opposite ones fully disagree", () => {
  expect(ccc([1, 2, 3], [1, 2, 3])).toBe(1);
  expect(ccc([-1, 0, 1], [1, 0, -1])).toBe(-1);
});

test("a shift lowers concordance although correlation stays 1", () => {
  // Variances 2/3 each, covariance 2/3, shift 1: (4/3) / (4/3 + 1) = 4/7
  expect(ccc([1, 2, 3], [2, 3, 4])).toBeCloseTo(4 / 7, 12);
});

test("a constant prediction has no concordance", () => {
  expect(ccc([1, 2, 3], [2, 2, 2])).toBe(0);
});
