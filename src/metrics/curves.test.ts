import { describe, expect, test } from "vitest";
import { random } from "../core/random.ts";
import { averagePrecision, precisionRecall } from "./precision-recall.ts";
import { rocAuc } from "./roc-auc.ts";
import { areaUnderRoc, rocCurve } from "./roc-curve.ts";

// The example of scikit-learn's roc_curve and average_precision_score.
const scores = [0.1, 0.4, 0.35, 0.8];
const positive = [0, 0, 1, 1];

describe("ROC curve", () => {
  test("has a corner per change of direction", () => {
    expect(rocCurve(scores, positive)).toEqual([
      { falsePositiveRate: 0, truePositiveRate: 0, threshold: null },
      { falsePositiveRate: 0, truePositiveRate: 0.5, threshold: 0.8 },
      { falsePositiveRate: 0.5, truePositiveRate: 0.5, threshold: 0.4 },
      { falsePositiveRate: 0.5, truePositiveRate: 1, threshold: 0.35 },
      { falsePositiveRate: 1, truePositiveRate: 1, threshold: 0.1 },
    ]);
  });

  test("of rows that all tie is the diagonal", () => {
    expect(rocCurve([1, 1, 1], [1, 0, 0])).toEqual([
      { falsePositiveRate: 0, truePositiveRate: 0, threshold: null },
      { falsePositiveRate: 1, truePositiveRate: 1, threshold: 1 },
    ]);
  });

  test("has the area that the rank formula gives, ties included", () => {
    const generator = random(7);
    for (const levels of [3, 10, 1e9]) {
      const drawn = Float64Array.from({ length: 200 }, () => generator.integer(levels) / levels);
      const truth = Uint8Array.from(drawn, (value) => (generator.next() < 0.2 + value / 2 ? 1 : 0));
      const curve = rocCurve(drawn, truth);
      expect(areaUnderRoc(curve ?? [])).toBeCloseTo(rocAuc(drawn, truth) as number, 12);
    }
  });

  test("is null where a rate would divide by nothing", () => {
    expect(rocCurve([0.1, 0.2], [0, 0])).toBeNull();
    expect(rocCurve([0.1, 0.2], [1, 1])).toBeNull();
  });
});

describe("precision-recall curve", () => {
  test("ends where everything is found", () => {
    expect(precisionRecall(scores, positive)).toEqual([
      { recall: 0.5, precision: 1, threshold: 0.8 },
      { recall: 0.5, precision: 0.5, threshold: 0.4 },
      { recall: 1, precision: 2 / 3, threshold: 0.35 },
    ]);
  });

  test("has scikit-learn's average precision", () => {
    // 1 · 0.5 + 2/3 · 0.5 = 0.8333…, as its documentation prints
    expect(averagePrecision(precisionRecall(scores, positive) ?? [])).toBeCloseTo(5 / 6, 12);
  });

  test("of rows that all tie has the share of the class as its average precision", () => {
    expect(averagePrecision(precisionRecall([1, 1, 1, 1], [1, 0, 0, 0]) ?? [])).toBe(0.25);
  });

  test("is null if no row is of the class", () => {
    expect(precisionRecall([0.1], [0])).toBeNull();
  });
});
