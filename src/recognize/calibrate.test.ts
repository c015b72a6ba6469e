import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { calibrated, fitBiasAndTemperature, fitTemperature, logSoftmax, negativeLogLikelihood } from "./calibrate.ts";

/** Labels drawn from softmax(logits / temperature + bias). */
function draw(rows: number, temperature: number, bias: readonly number[], seed: number) {
  const generator = random(seed);
  const classes = bias.length;
  const logits = Float32Array.from({ length: rows * classes }, () => generator.normal() * 4);
  const truth = Array.from({ length: rows }, (_, row) => {
    const probabilities = logSoftmax(logits, temperature, bias, row * classes, classes).map(Math.exp);
    let rest = generator.next();
    for (let label = 0; label < classes; label++) {
      rest -= probabilities[label] as number;
      if (rest < 0) return label;
    }
    return classes - 1;
  });
  return { logits, truth };
}

test("scores are softmax of logits over temperature and sum to 1", () => {
  // exp(2/2) : exp(0) = e : 1
  const scores = calibrated([2, 0], 2);
  expect(scores[0]).toBeCloseTo(Math.E / (1 + Math.E), 12);
  expect((scores[0] as number) + (scores[1] as number)).toBeCloseTo(1, 12);
});

test("huge logits do not overflow", () => {
  expect([...calibrated([1e6, 0])]).toEqual([1, 0]);
});

test("temperature of two-class logits has the closed form", () => {
  // Margin 2 right three times in four: sigmoid(2 / T) = 0.75, so T = 2 / ln 3.
  const logits = [2, 0, 2, 0, 2, 0, 2, 0];
  expect(fitTemperature(logits, [0, 0, 0, 1])).toBeCloseTo(2 / Math.log(3), 3);
});

test("the temperature that made the labels is found again", () => {
  const { logits, truth } = draw(6000, 2.5, [0, 0, 0, 0], 7);
  expect(Math.abs(fitTemperature(logits, truth) - 2.5)).toBeLessThan(0.15);
});

test("bias and temperature that made the labels are found again", () => {
  const bias = [0.8, -0.5, 0.1, -0.4];
  const { logits, truth } = draw(6000, 2, bias, 11);
  const fitted = fitBiasAndTemperature(logits, truth);
  expect(Math.abs(fitted.temperature - 2)).toBeLessThan(0.15);
  for (const [label, value] of bias.entries()) {
    expect(Math.abs((fitted.bias[label] as number) - value)).toBeLessThan(0.15);
  }
  expect(negativeLogLikelihood(logits, truth, fitted.temperature, fitted.bias)).toBeLessThan(
    negativeLogLikelihood(logits, truth, fitTemperature(logits, truth)),
  );
});

test("sizes that do not fit are refused", () => {
  expect(() => fitTemperature([1, 2, 3], [0, 1])).toThrowError(/3 logits for 2 rows/);
});
