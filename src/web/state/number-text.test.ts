import { expect, test } from "vitest";
import { numberText } from "./number-text.ts";

test.each([
  [0.5, "0.50"],
  [-1.234, "−1.23"],
  [123.45, "123.5"],
  [-1234.5, "−1235"],
  [-0.001, "0.00"],
  [0, "0.00"],
])("%d is written %s", (value, text) => {
  expect(numberText(value)).toBe(text);
});
