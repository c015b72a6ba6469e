import { expect, test } from "vitest";
import { areaCounter, macroAuc, rocAuc, rocAucPerClass } from "./roc-auc.ts";

test("area of scikit-learn's example is 0.75", () => {
  expect(rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
});

test("ties count one half", () => {
  expect(rocAuc([1, 1, 1, 1], [0, 1, 0, 1])).toBe(0.5);
  // Pairs: (2 > 1), (2 = 2) → 1.5 of 2
  expect(rocAuc([1, 2, 2], [0, 0, 1])).toBe(0.75);
});

test("a class without rows, or without others, has no area", () => {
  expect(rocAuc([0.1, 0.9], [1, 1])).toBeNull();
  const areas = rocAucPerClass([0.8, 0.2, 0, 0.3, 0.7, 0], [0, 1], 3);
  expect(areas).toEqual([1, 1, null]);
  expect(macroAuc(areas)).toBe(1);
  expect(macroAuc([null])).toBeNull();
});

test("counting a row twice equals listing it twice", () => {
  const scores = [0.1, 0.4, 0.35, 0.8];
  const truth = [0, 0, 1, 1];
  const counted = areaCounter(scores, 4, 1, (row) => truth[row] === 1)([1, 2, 1, 0])[0];
  expect(counted).toBe(rocAuc([0.1, 0.4, 0.4, 0.35], [0, 0, 0, 1]));
});
