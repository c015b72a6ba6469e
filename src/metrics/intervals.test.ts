import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { pairedDifferences } from "./paired-difference.ts";
import { wilson } from "./wilson.ts";

test("Wilson's interval is the one that Newcombe (1998) prints", () => {
  // 81 of 263: 0.2553 to 0.3662; 0 of 20: 0 to 0.1611
  expect(wilson(81, 263).low).toBeCloseTo(0.2553, 4);
  expect(wilson(81, 263).high).toBeCloseTo(0.3662, 4);
  expect(wilson(0, 20).low).toBe(0);
  expect(wilson(0, 20).high).toBeCloseTo(0.1611, 4);
  expect(wilson(20, 20).high).toBe(1);
});

const share = (right: readonly number[]) => (draw: Int32Array) => [
  draw.reduce((sum, row) => sum + (right[row] as number), 0) / draw.length,
];

test("two classifiers that say the same differ by exactly nothing, however hard the rows are", () => {
  const right = [1, 0, 1, 1, 0, 0];
  const [accuracy] = pairedDifferences(6, share(right), share(right), random(1), { resamples: 50 });
  expect(accuracy).toEqual({ first: 0.5, second: 0.5, difference: 0, interval: { low: 0, high: 0 } });
});

test("without resamples a difference has no interval", () => {
  const [accuracy] = pairedDifferences(4, share([1, 0, 1, 0]), share([1, 1, 1, 0]), random(1), { resamples: 0 });
  expect(accuracy).toEqual({ first: 0.5, second: 0.75, difference: 0.25, interval: null });
});

test("a difference is second minus first, inside its interval", () => {
  const first = Array.from({ length: 100 }, (_, row) => (row < 50 ? 1 : 0));
  const second = Array.from({ length: 100 }, (_, row) => (row < 80 ? 1 : 0));
  const [accuracy] = pairedDifferences(100, share(first), share(second), random(1), { resamples: 500 });
  expect(accuracy?.difference).toBeCloseTo(0.3, 12);
  // The 30 rows gained are binomial: standard error √(0.3 · 0.7 / 100) = 0.046, so about ± 0.09.
  expect(accuracy?.interval?.low).toBeGreaterThan(0.18);
  expect(accuracy?.interval?.low).toBeLessThan(0.25);
  expect(accuracy?.interval?.high).toBeGreaterThan(0.35);
  expect(accuracy?.interval?.high).toBeLessThan(0.42);
});
