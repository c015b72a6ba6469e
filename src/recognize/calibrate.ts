/**
 * Calibration: makes a score of 0.7 mean right seven times in ten.
 *
 * Source: temperature scaling, Guo et al. (2017), "On Calibration of Modern Neural Networks"; with a bias per label,
 * Alexandari et al. (2020), "Maximum Likelihood with Bias-Corrected Calibration".
 */
import { AffektError } from "../core/errors.ts";
import { goldenSection } from "../core/golden-section.ts";

const LOWEST_LOG = Math.log(0.05);
const HIGHEST_LOG = Math.log(20);

/** Writes `log softmax(logits[row] / temperature + bias)` of one row. */
export function logSoftmax(
  logits: ArrayLike<number>,
  temperature = 1,
  bias?: ArrayLike<number>,
  offset = 0,
  classes = logits.length - offset,
): Float64Array {
  const out = new Float64Array(classes);
  let highest = -Infinity;
  for (let label = 0; label < classes; label++) {
    const value = (logits[offset + label] as number) / temperature + (bias?.[label] ?? 0);
    out[label] = value;
    if (value > highest) highest = value;
  }
  let total = 0;
  for (const value of out) total += Math.exp(value - highest);
  const shift = highest + Math.log(total);
  for (let label = 0; label < classes; label++) out[label] = (out[label] as number) - shift;
  return out;
}

/** Calibrated probabilities of one row of logits; they sum to 1. */
export function calibrated(logits: ArrayLike<number>, temperature = 1, bias?: ArrayLike<number>): Float64Array {
  return logSoftmax(logits, temperature, bias).map(Math.exp);
}

function checkRows(logits: ArrayLike<number>, truth: ArrayLike<number>): number {
  const classes = logits.length / truth.length;
  if (truth.length === 0 || !Number.isInteger(classes)) {
    throw new AffektError(
      "shape",
      `Calibration needs [rows, labels] logits and one label per row; received ${logits.length} logits for ${truth.length} rows.`,
      "Pass the logits of every validation row.",
    );
  }
  return classes;
}

/** Mean negative log-likelihood, in nats. */
export function negativeLogLikelihood(
  logits: ArrayLike<number>,
  truth: ArrayLike<number>,
  temperature = 1,
  bias?: ArrayLike<number>,
): number {
  const classes = checkRows(logits, truth);
  let sum = 0;
  for (let row = 0; row < truth.length; row++) {
    const at = row * classes;
    let highest = -Infinity;
    for (let label = 0; label < classes; label++) {
      const value = (logits[at + label] as number) / temperature + (bias?.[label] ?? 0);
      if (value > highest) highest = value;
    }
    let total = 0;
    for (let label = 0; label < classes; label++) {
      total += Math.exp((logits[at + label] as number) / temperature + (bias?.[label] ?? 0) - highest);
    }
    const right = truth[row] as number;
    sum += highest + Math.log(total) - (logits[at + right] as number) / temperature - (bias?.[right] ?? 0);
  }
  return sum / truth.length;
}

/**
 * Fits the temperature that minimizes the negative log-likelihood, by golden-section search over log T (the loss is
 * convex in 1/T, so it has one minimum in T).
 *
 * @param logits `[rows, labels]`, row-major, of validation rows
 * @param truth index of the right label per row
 * @returns in [0.05, 20]
 * @throws AffektError `shape` if the sizes do not fit
 */
export function fitTemperature(logits: ArrayLike<number>, truth: ArrayLike<number>, bias?: ArrayLike<number>): number {
  checkRows(logits, truth);
  const loss = (log: number): number => negativeLogLikelihood(logits, truth, Math.exp(log), bias);
  return Math.exp(goldenSection(loss, LOWEST_LOG, HIGHEST_LOG, 1e-4));
}

export interface Calibration {
  readonly temperature: number;
  /** Per label; sums to 0. */
  readonly bias: readonly number[];
}

/**
 * Fits temperature and a bias per label, for networks trained with class weights or on a class balance other than the
 * one they will meet. Alternates the golden-section search with iterative scaling of the bias (the loss is convex in 1/T and the bias).
 *
 * @param rounds of one temperature search and 20 bias steps
 */
export function fitBiasAndTemperature(logits: ArrayLike<number>, truth: ArrayLike<number>, rounds = 10): Calibration {
  const classes = checkRows(logits, truth);
  const rows = truth.length;
  const bias = new Float64Array(classes);
  let temperature = fitTemperature(logits, truth);
  for (let round = 0; round < rounds; round++) {
    for (let step = 0; step < 20; step++) {
      const expected = new Float64Array(classes);
      const seen = new Float64Array(classes);
      for (let row = 0; row < rows; row++) {
        const logProbabilities = logSoftmax(logits, temperature, bias, row * classes, classes);
        for (let label = 0; label < classes; label++) {
          expected[label] = (expected[label] as number) + Math.exp(logProbabilities[label] as number);
        }
        const right = truth[row] as number;
        seen[right] = (seen[right] as number) + 1;
      }
      // Iterative scaling: multiply each label's odds by seen / expected. Half a count keeps an unseen label finite.
      let largest = 0;
      for (let label = 0; label < classes; label++) {
        const change = Math.log(((seen[label] as number) + 0.5) / ((expected[label] as number) + 0.5));
        bias[label] = (bias[label] as number) + change;
        largest = Math.max(largest, Math.abs(change));
      }
      const mean = bias.reduce((sum, value) => sum + value, 0) / classes;
      for (let label = 0; label < classes; label++) bias[label] = (bias[label] as number) - mean;
      if (largest < 1e-4) break;
    }
    const before = temperature;
    temperature = fitTemperature(logits, truth, bias);
    if (Math.abs(temperature - before) < 1e-3) break;
  }
  return { temperature, bias: [...bias] };
}
