import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { chanceCalibrationError, ece, expectedCalibrationError, reliability } from "./calibration-error.ts";

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

test("of few rows, even true confidences have an error by chance, which goes with the root of the number of rows", () => {
  const errorOf = (rows: number): number => chanceCalibrationError(new Float64Array(rows).fill(0.5), random(1));
  // One bin: the mean distance of a binomial share from 0.5, which is √(2 / π) deviations of 0.5 / √rows.
  expect(errorOf(100)).toBeCloseTo(0.04, 2);
  expect(errorOf(2_500)).toBeCloseTo(0.008, 3);
});
