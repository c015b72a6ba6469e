import { expect, test } from "vitest";
import { percent } from "./percent.ts";

test.each([
  [0, "0%"],
  [0.004, "<1%"],
  [0.255, "26%"],
  [0.99, "99%"],
  [0.9999, ">99%"],
  [1, "100%"],
])("%f is shown as %s", (share, text) => {
  expect(percent(share)).toBe(text);
});
