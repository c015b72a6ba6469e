import { expect, test } from "vitest";
import { sparkline } from "./sparkline.ts";

test("the least is the lowest block, the most the highest, and what lies between in proportion", () => {
  expect(sparkline([0, 7, 3, 1], 10)).toBe("▁█▄▂");
});

test("neighbours are averaged to fit the width", () => {
  expect(sparkline([0, 2, 6, 8], 2)).toBe("▁█");
  expect(sparkline([...Array(100).keys()], 8)).toBe("▁▂▃▄▅▆▇█");
});

test("a flat line stays in the middle, nothing is nothing, and gaps are left out", () => {
  expect(sparkline([5, 5], 4)).toBe("▄▄");
  expect(sparkline([], 4)).toBe("");
  expect(sparkline([Number.NaN, 1, 2], 4)).toBe("▁█");
});
