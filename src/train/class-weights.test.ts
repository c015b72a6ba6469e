import { expect, test } from "vitest";
import { classWeights } from "./class-weights.ts";

const labels = ["anger", "joy"];
// Three rows of anger, one of joy.
const targets = Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1);

test("balanced weights are rows / (labels · rows of the label)", () => {
  const [anger, joy] = classWeights("balanced", labels, targets);
  expect(anger).toBeCloseTo(4 / (2 * 3), 6);
  expect(joy).toBeCloseTo(4 / (2 * 1), 6);
});

test("square-root weights lie between balanced and none, with mean 1 over the rows", () => {
  const [anger = 0, joy = 0] = classWeights("square-root", labels, targets);
  expect(joy / anger).toBeCloseTo(Math.sqrt(3), 6);
  expect((3 * anger + joy) / 4).toBeCloseTo(1, 6);
});

test("named weights are taken as they stand; others are 1; strangers are refused", () => {
  expect([...classWeights({ joy: 2 }, labels, targets)]).toEqual([1, 2]);
  expect(() => classWeights({ jo: 2 }, labels, targets)).toThrow('"jo", which is not among the labels anger, joy');
});

test("a label without rows cannot be balanced", () => {
  expect(() => classWeights("balanced", labels, Float32Array.of(1, 0))).toThrow('No training row has the label "joy"');
});
