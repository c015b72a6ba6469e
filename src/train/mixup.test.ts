import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { mixup, symmetricBeta } from "./mixup.ts";

test("Beta(alpha, alpha) has mean 1/2 and variance 1 / (4 (2 alpha + 1))", () => {
  for (const alpha of [0.2, 1]) {
    const generator = random(5);
    const draws = Array.from({ length: 20_000 }, () => symmetricBeta(alpha, generator));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(0.5, 1.5);
    expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2);
  }
});

test("mixup blends an example with its partner by the share of their targets", () => {
  const inputs = Float32Array.of(1, 1, 5, 5, 0, 0);
  const targets = Float32Array.of(1, 0, 0.5, 0.5, 0, 1);
  mixup(inputs, targets, 3, 1, random(2));
  const share = targets[0] as number;
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThan(1);
  expect(inputs[0]).toBeCloseTo(share, 6);
  expect(inputs[4]).toBeCloseTo(1 - share, 6);
  expect([...targets.subarray(4)].reduce((sum, value) => sum + value)).toBeCloseTo(1, 6);
  // The middle example of an odd batch has no partner
  expect([inputs[2], inputs[3], targets[2]]).toEqual([5, 5, 0.5]);
});
