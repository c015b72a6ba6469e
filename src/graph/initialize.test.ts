import { describe, expect, test } from "vitest";
import { random } from "../core/random.ts";
import { elementCount } from "../core/tensor.ts";
import { filled, he, type Initializer, normal, ones, uniform, values, xavier, zeros } from "./initialize.ts";
import type { Shape } from "./shape.ts";

function drawn(initialize: Initializer, shape: Shape, seed = 1): Float32Array {
  const data = new Float32Array(elementCount(shape));
  initialize(data, shape, random(seed));
  return data;
}

function deviation(data: Float32Array): number {
  const mean = data.reduce((a, b) => a + b, 0) / data.length;
  return Math.sqrt(data.reduce((total, value) => total + (value - mean) ** 2, 0) / data.length);
}

describe("initial values", () => {
  // 20,000 draws: the deviation is known to within 0.5 % (one standard error), 3 % is six of these.
  const shape = [100, 200];

  test("Xavier's reach √(6 / (in + out))", () => {
    const data = drawn(xavier, shape);
    const bound = Math.sqrt(6 / 300);
    expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
    expect(deviation(data) / (bound / Math.sqrt(3))).toBeCloseTo(1, 1);
  });

  test("He's have variance 2 / in for a matrix", () => {
    expect(Math.abs(deviation(drawn(he, shape)) / Math.sqrt(2 / 100) - 1)).toBeLessThan(0.03);
  });

  test("He's count the taps of a convolution kernel", () => {
    const kernel = [80, 30, 3, 3];
    expect(Math.abs(deviation(drawn(he, kernel)) / Math.sqrt(2 / (30 * 9)) - 1)).toBeLessThan(0.03);
  });

  test("normal ones have the deviation asked for", () => {
    expect(Math.abs(deviation(drawn(normal(0.3), shape)) / 0.3 - 1)).toBeLessThan(0.03);
  });

  test("constants and given arrays are taken as they are", () => {
    expect([...drawn(zeros, [2])]).toEqual([0, 0]);
    expect([...drawn(ones, [2])]).toEqual([1, 1]);
    expect([...drawn(filled(3), [2])]).toEqual([3, 3]);
    expect([...drawn(values(Float32Array.of(4, 5)), [2])]).toEqual([4, 5]);
  });

  test("are the same for the same seed and differ for another", () => {
    expect(drawn(uniform(1), [8], 5)).toEqual(drawn(uniform(1), [8], 5));
    expect(drawn(uniform(1), [8], 5)).not.toEqual(drawn(uniform(1), [8], 6));
  });
});
