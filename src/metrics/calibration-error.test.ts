import { expect, test } from "vitest";
import { ece, expectedCalibrationError, reliability } from "./calibration-error.ts";

test("ece is the gap of confidence and accuracy, weighted by rows", () => {
  // Four rows of 0.9, three right: gap 0.15. One row of 0.3, right: gap 0.7. (4 × 0.15 + 0.7) / 5 = 0.26
  expect(ece([0.9, 0.9, 0.9, 0.9, 0.3], [1, 1, 1, 0, 1])).toBeCloseTo(0.26, 12);
});

test("bins are open below and closed above", () => {
  const bins = reliability([0, 0.5, 0.50001, 1], [1, 1, 1, 1], 2);
  expect(bins.map(({ count }) => count)).toEqual([2, 2]);
  expect(bins[0]).toMatchObject({ low: 0, high: 0.5, confidence: 0.25, accuracy: 1 });
});

test("perfect calibration has no error, and no rows have none either", () => {
  expect(ece([0.5, 0.5], [1, 0])).toBe(0);
  expect(expectedCalibrationError(reliability([], []))).toBe(0);
});
