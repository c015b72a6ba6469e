import { expect, test } from "vitest";
import { readSteps } from "./read-steps.ts";

test("a text has a step for each subword, zeros or not, and none for the padding of its windows", () => {
  // Two windows of three steps of two numbers: two subwords, of which the second is all zeros, and one.
  const windows = Float32Array.of(1, 2, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0);
  expect([...readSteps(windows, 2, [2, 1])]).toEqual([1, 2, 0, 0, 3, 4]);
  expect([...readSteps(windows, 2, [3, 0])]).toEqual([1, 2, 0, 0, 0, 0]);
});
