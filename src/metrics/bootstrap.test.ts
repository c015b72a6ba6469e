import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { bootstrap, quantile } from "./bootstrap.ts";

const mean = (values: readonly number[]) => (draw: Int32Array) => [
  draw.reduce((sum, row) => sum + (values[row] as number), 0) / draw.length,
];

test("the interval of a share is close to its normal approximation", () => {
  // 400 rows, 60 % right: 0.6 ± 1.96 · sqrt(0.24 / 400) = 0.552 to 0.648
  const right = Array.from({ length: 400 }, (_, row) => (row < 240 ? 1 : 0));
  const [interval] = bootstrap(400, mean(right), random(1));
  expect(Math.abs((interval?.low ?? 0) - 0.552)).toBeLessThan(0.01);
  expect(Math.abs((interval?.high ?? 0) - 0.648)).toBeLessThan(0.01);
});

test("the same seed gives the same interval", () => {
  const values = [1, 2, 3, 4, 5];
  expect(bootstrap(5, mean(values), random(3))).toEqual(bootstrap(5, mean(values), random(3)));
});

test("rows of one group are drawn together", () => {
  // Two groups, wholly right and wholly wrong: a mean is 0, 0.5 or 1, so the interval is all of [0, 1].
  const right = Array.from({ length: 100 }, (_, row) => (row < 50 ? 1 : 0));
  const groups = right.map((value) => 1 - value);
  expect(bootstrap(100, mean(right), random(1), { groups })).toEqual([{ low: 0, high: 1 }]);
});

test("metrics without a value are left out", () => {
  expect(bootstrap(3, () => [null, Number.NaN, 2], random(1), { resamples: 10 })).toEqual([
    null,
    null,
    { low: 2, high: 2 },
  ]);
});

test("quantiles interpolate between neighbours", () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4], 1)).toBe(4);
});

test("no rows are refused", () => {
  expect(() => bootstrap(0, () => [], random(1))).toThrowError(/received 0/);
});
