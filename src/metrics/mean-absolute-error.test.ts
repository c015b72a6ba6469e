import { expect, test } from "vitest";
import { meanAbsoluteError } from "./mean-absolute-error.ts";

test("errors to both sides count alike", () => {
  expect(meanAbsoluteError([1, 2, 3], [2, 2, 1])).toBe(1);
});
