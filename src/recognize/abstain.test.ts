import { expect, test } from "vitest";
import { abstention, thresholdForCoverage } from "./abstain.ts";

test("a coverage of 0.75 leaves out the least confident of four rows", () => {
  const threshold = thresholdForCoverage([0.9, 0.4, 0.7, 0.8], 0.75);
  expect(threshold).toBe(0.7);
  expect(abstention(0.4, threshold)).toEqual({
    code: "low-confidence",
    reason: expect.stringMatching(/0\.40 is below/),
  });
  expect(abstention(0.7, threshold)).toBeUndefined();
});

test("an answer that is all but certain is given, even where the rows were all certain", () => {
  const threshold = thresholdForCoverage(Array(20).fill(1), 0.9);
  expect(abstention(0.999, threshold)).toBeUndefined();
  expect(abstention(0.98, threshold)).toBeDefined();
});

test("full coverage never abstains", () => {
  expect(thresholdForCoverage([0.2, 0.3], 1)).toBe(0);
});

test("a coverage out of range is refused", () => {
  expect(() => thresholdForCoverage([0.5], 0)).toThrowError(/coverage in \(0, 1\]/);
  expect(() => thresholdForCoverage([], 0.5)).toThrowError(/0 rows/);
});
