import { expect, test } from "vitest";
import { mcnemar } from "./mcnemar.ts";

function rows(both: number, onlyFirst: number, onlySecond: number): [number[], number[]] {
  const fill = (count: number, value: number): number[] => Array(count).fill(value);
  return [
    [...fill(both, 1), ...fill(onlyFirst, 1), ...fill(onlySecond, 0)],
    [...fill(both, 1), ...fill(onlyFirst, 0), ...fill(onlySecond, 1)],
  ];
}

test("the p-value is that of a fair coin on the rows where they disagree", () => {
  // 1 against 5 of 6: 2 · (1 + 6) / 64 = 0.21875
  expect(mcnemar(...rows(10, 1, 5))).toEqual({ onlyFirst: 1, onlySecond: 5, pValue: expect.closeTo(0.21875, 12) });
});

test("classifiers that never disagree do not differ", () => {
  expect(mcnemar([1, 0], [1, 0]).pValue).toBe(1);
});

test("thousands of disagreements do not underflow", () => {
  const { pValue } = mcnemar(...rows(0, 2000, 2000));
  expect(pValue).toBe(1);
  expect(mcnemar(...rows(0, 1500, 2500)).pValue).toBeLessThan(1e-50);
});
