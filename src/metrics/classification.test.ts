import { describe, expect, test } from "vitest";
import { accuracy } from "./accuracy.ts";
import { argmax } from "./argmax.ts";
import { confusionMatrix, confusionRows } from "./confusion.ts";
import { macroF1, perClass, weightedF1 } from "./per-class.ts";
import { uar } from "./uar.ts";

/** The worked example of scikit-learn's `classification_report`: classes 0, 1, 2. */
const truth = [0, 1, 2, 2, 2];
const predicted = [0, 0, 2, 2, 1];

describe("classification metrics", () => {
  test("the confusion matrix counts truth by row and prediction by column", () => {
    expect(confusionRows(confusionMatrix(truth, predicted))).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [0, 1, 2],
    ]);
  });

  test("precision, recall, F1 and support are those of scikit-learn's example", () => {
    const scores = perClass(confusionMatrix(truth, predicted));
    expect(scores.map(({ precision }) => precision)).toEqual([0.5, 0, 1]);
    expect(scores.map(({ recall }) => recall)).toEqual([1, 0, 2 / 3]);
    expect(scores.map(({ f1 }) => f1)).toEqual([2 / 3, 0, 0.8]);
    expect(scores.map(({ support }) => support)).toEqual([1, 1, 3]);
  });

  test("accuracy, macro and weighted F1 are those of scikit-learn's example", () => {
    expect(accuracy(truth, predicted)).toBe(0.6);
    expect(macroF1(truth, predicted)).toBeCloseTo((2 / 3 + 0.8) / 3, 12); // printed there as 0.49
    expect(weightedF1(truth, predicted)).toBeCloseTo((2 / 3 + 2.4) / 5, 12); // printed there as 0.61
  });

  test("uar counts every class the same, however rare", () => {
    // 9 neutral all right, 1 anger wrong: accuracy 0.9, recalls 1 and 0
    expect(uar([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], Array(10).fill(0))).toBe(0.5);
  });

  test("a class that does not occur does not change the averages", () => {
    const confusion = confusionMatrix([0, 1], [0, 1], 5);
    expect(perClass(confusion)[4]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
    expect(uar([0, 4], [0, 4])).toBe(1);
    expect(macroF1([0, 4], [0, 4])).toBe(1);
  });

  test("lengths that differ and indices out of range are refused", () => {
    expect(() => accuracy([0, 1], [0])).toThrowError(/received 1 and 2/);
    expect(() => accuracy([], [])).toThrowError(/at least one/);
    expect(() => confusionMatrix([0, 3], [0, 1], 2)).toThrowError(/truth 3/);
  });

  test("argmax takes the first of equals", () => {
    expect([...argmax([0.2, 0.5, 0.3, 0.4, 0.2, 0.4], 3)]).toEqual([1, 0]);
  });
});
