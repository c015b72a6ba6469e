import { describe, expect, test } from "vitest";
import { judgeMulti, judgeSingle, multiCalibration, singleCalibration } from "./validation.ts";

describe("rows with one label each", () => {
  // Two rows right, one wrong, of two labels
  const judged = { logits: Float32Array.of(2, 0, 0, 2, 2, 0), truth: Int32Array.of(0, 1, 1), classes: 2 };

  test("are judged by the likeliest label, and by the metric asked for", () => {
    const { score, metrics, confusion, validationLoss } = judgeSingle(judged, "uar");
    expect(metrics.accuracy).toBeCloseTo(2 / 3, 12);
    expect(score).toBeCloseTo((1 + 0.5) / 2, 12);
    expect(confusion).toEqual([
      [1, 0],
      [1, 1],
    ]);
    // −log of e²/(e² + 1) twice and of 1/(e² + 1) once
    expect(validationLoss).toBeCloseTo((3 * Math.log(Math.exp(2) + 1) - 4) / 3, 6);
  });

  test("are calibrated without a bias, which would undo the weights of the classes", () => {
    expect(singleCalibration(judged)).not.toHaveProperty("bias");
  });
});

describe("rows with any number of labels", () => {
  const logits = Float32Array.of(3, 3, -3, 3, -3, -3, -3, 3, 3);
  const truth = Uint8Array.of(1, 1, 0, 1, 0, 0, 0, 1, 1);

  test("are judged at the best thresholds", () => {
    expect(judgeMulti({ logits, truth, classes: 3 }).score).toBe(1);
  });

  test("are calibrated on those that have exactly one", () => {
    const { temperature, bias, thresholds } = multiCalibration({ logits, truth, classes: 3 });
    expect(temperature).toBeGreaterThan(0);
    expect(bias).toHaveLength(3);
    expect(thresholds).toHaveLength(3);
  });

  test("leave the softmax as it is where none has exactly one", () => {
    const pairs = { logits: Float32Array.of(3, 3, -3), truth: Uint8Array.of(1, 1, 0), classes: 3 };
    expect(multiCalibration(pairs)).toMatchObject({ temperature: 1, bias: [0, 0, 0], abstainBelow: 0 });
  });
});
