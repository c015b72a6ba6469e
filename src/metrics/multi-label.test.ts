import { expect, test } from "vitest";
import { chooseThresholds, multiLabelMacroF1, multiLabelScores } from "./multi-label.ts";

// Three rows, two labels.
const probabilities = [0.9, 0.2, 0.4, 0.6, 0.1, 0.3];
const truth = [1, 0, 1, 0, 0, 1];

test("each label is scored by its own threshold", () => {
  const scores = multiLabelScores(probabilities, truth, [0.5, 0.5]);
  expect(scores[0]).toEqual({ precision: 1, recall: 0.5, f1: 2 / 3, support: 2 });
  expect(scores[1]).toEqual({ precision: 0, recall: 0, f1: 0, support: 1 });
  expect(multiLabelMacroF1(probabilities, truth, [0.5, 0.5])).toBeCloseTo(1 / 3, 12);
});

test("thresholds chosen on the rows have the highest F1, half-way between neighbours", () => {
  const thresholds = chooseThresholds(probabilities, truth, 2);
  expect(thresholds[0]).toBeCloseTo(0.25, 12); // yes for 0.9 and 0.4: F1 1
  expect(thresholds[1]).toBeCloseTo(0.25, 12); // yes for 0.6 and 0.3: F1 2/3
  expect(multiLabelMacroF1(probabilities, truth, thresholds)).toBeCloseTo((1 + 2 / 3) / 2, 12);
});

test("a label that does not occur keeps 0.5 and is left out of the mean", () => {
  expect(chooseThresholds([0.1, 0.9, 0.2, 0.8], [1, 0, 1, 0], 2)[1]).toBe(0.5);
  expect(multiLabelMacroF1([0.9, 0.9], [1, 0], [0.5, 0.5])).toBe(1);
});

test("sizes that do not fit are refused", () => {
  expect(() => multiLabelScores([0.1], [1, 0], [0.5, 0.5])).toThrowError(/received 1 and 2 values/);
});
