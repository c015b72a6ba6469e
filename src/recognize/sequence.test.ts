import { expect, test } from "vitest";
import { filledSteps, inSteps } from "./sequence.ts";

test("steps of nothing but zeros go, wherever they stand", () => {
  expect([...filledSteps(Float32Array.of(0, 0, 0, 1, 0, 0, 2, 0), 2)]).toEqual([0, 1, 2, 0]);
});

test("more steps than wanted become the means of equal stretches, fewer stay", () => {
  const five = Float32Array.of(1, 10, 3, 30, 5, 50, 7, 70, 9, 90);
  // Stretches of two and of three steps.
  expect([...inSteps(five, 2, 2)]).toEqual([2, 20, 7, 70]);
  expect(inSteps(five, 2, 5)).toBe(five);
});
