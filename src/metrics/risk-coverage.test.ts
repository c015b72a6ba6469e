import { expect, test } from "vitest";
import { areaUnderRiskCoverage, riskCoverage, thinned } from "./risk-coverage.ts";

test("risk is the share of wrong answers among the most confident", () => {
  const points = riskCoverage([0.9, 0.5, 0.8, 0.7], [1, 0, 1, 0]);
  expect(points.map(({ coverage, risk }) => [coverage, risk])).toEqual([
    [0.25, 0],
    [0.5, 0],
    [0.75, 1 / 3],
    [1, 0.5],
  ]);
  expect(areaUnderRiskCoverage(points)).toBeCloseTo((1 / 3 + 0.5) / 4, 12);
});

test("rows that tie are answered together", () => {
  expect(riskCoverage([0.5, 0.5], [1, 0])).toEqual([{ coverage: 1, risk: 0.5, threshold: 0.5 }]);
});

test("a thinned curve keeps its end", () => {
  const points = riskCoverage([...Array(500).keys()], Array(500).fill(1));
  expect(thinned(points, 50)).toHaveLength(50);
  expect(thinned(points, 50).at(-1)).toEqual(points.at(-1));
});
