/** Judging a network by its logits on validation rows, and the calibration that goes into its contract. */
import { accuracy } from "../metrics/accuracy.ts";
import { argmax } from "../metrics/argmax.ts";
import { ece } from "../metrics/calibration-error.ts";
import { confusionMatrix, confusionRows } from "../metrics/confusion.ts";
import { chooseThresholds, multiLabelMacroF1 } from "../metrics/multi-label.ts";
import { macroF1 } from "../metrics/per-class.ts";
import { uar } from "../metrics/uar.ts";
import { thresholdForCoverage } from "../recognize/abstain.ts";
import { type Calibration, calibrated, fitBiasAndTemperature, fitTemperature } from "../recognize/calibrate.ts";
import type { Validation } from "./task.ts";

/** Share of the rows that the abstention threshold lets through. */
const COVERAGE = 0.9;

/** Rows with one label each. */
export interface Judged {
  /** `[rows, classes]`. */
  readonly logits: Float32Array;
  readonly truth: Int32Array;
  readonly classes: number;
}

/** Rows with any number of labels. */
export interface JudgedMulti {
  /** `[rows, classes]`. */
  readonly logits: Float32Array;
  /** `[rows, classes]` of 0 and 1. */
  readonly truth: Uint8Array;
  readonly classes: number;
}

export type SingleScore = "accuracy" | "uar" | "macroF1";

/** Metrics by the likeliest label. @param score the metric to select by */
export function judgeSingle({ logits, truth, classes }: Judged, score: SingleScore): Validation {
  const predicted = argmax(logits, classes);
  const metrics = {
    accuracy: accuracy(truth, predicted),
    uar: uar(truth, predicted),
    macroF1: macroF1(truth, predicted),
  };
  const confusion = confusionRows(confusionMatrix(truth, predicted, classes));
  return { score: metrics[score], metrics, validationLoss: crossEntropyOf({ logits, truth, classes }), confusion };
}

/** Mean of −log softmax(logits)[truth]. */
function crossEntropyOf({ logits, truth, classes }: Judged): number {
  let total = 0;
  for (const [row, label] of truth.entries()) {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    const top = Math.max(...own);
    total += top + Math.log(own.reduce((sum, value) => sum + Math.exp(value - top), 0)) - (own[label] as number);
  }
  return total / truth.length;
}

function confidences(
  { logits, classes }: { readonly logits: Float32Array; readonly classes: number },
  { temperature, bias }: { readonly temperature: number; readonly bias?: readonly number[] },
): Float64Array {
  const rows = logits.length / classes;
  return Float64Array.from({ length: rows }, (_, row) =>
    Math.max(...calibrated(logits.subarray(row * classes, (row + 1) * classes), temperature, bias)),
  );
}

/** Fields of a contract that validation rows decide. No bias is fitted: it would undo the weights of the classes. */
export function singleCalibration(judged: Judged): {
  temperature: number;
  abstainBelow: number;
  metrics: Record<string, number>;
} {
  const { logits, truth, classes } = judged;
  const fitted = { temperature: fitTemperature(logits, truth) };
  const sure = confidences(judged, fitted);
  const predicted = argmax(logits, classes);
  const right = Array.from(predicted, (label, row) => label === truth[row]);
  return {
    temperature: fitted.temperature,
    abstainBelow: thresholdForCoverage(sure, COVERAGE),
    metrics: { ...judgeSingle(judged, "accuracy").metrics, ece: ece(sure, right) },
  };
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Macro-F1 at the thresholds that are best on these same rows, as a measure to select by. */
export function judgeMulti({ logits, truth, classes }: JudgedMulti): Validation & { thresholds: number[] } {
  const probabilities = Float64Array.from(logits, sigmoid);
  const thresholds = chooseThresholds(probabilities, truth, classes);
  const score = multiLabelMacroF1(probabilities, truth, thresholds);
  return { score, metrics: { macroF1: score }, thresholds };
}

/** Thresholds per label from all rows; temperature and bias of a softmax from the rows that have exactly one label. */
export function multiCalibration(judged: JudgedMulti): {
  temperature: number;
  bias: number[];
  thresholds: number[];
  abstainBelow: number;
  metrics: Record<string, number>;
} {
  const { logits, truth, classes } = judged;
  const { thresholds, metrics } = judgeMulti(judged);
  const single: { logits: number[]; truth: number[] } = { logits: [], truth: [] };
  for (let row = 0; row * classes < truth.length; row++) {
    const own = [...truth.subarray(row * classes, (row + 1) * classes)];
    if (own.reduce((sum, value) => sum + value, 0) !== 1) continue;
    single.logits.push(...logits.subarray(row * classes, (row + 1) * classes));
    single.truth.push(own.indexOf(1));
  }
  const common = { thresholds, metrics: { ...metrics } };
  if (single.truth.length === 0) {
    // Nothing to calibrate a softmax on: it stays as it is, and never abstains.
    return { ...common, temperature: 1, bias: Array<number>(classes).fill(0), abstainBelow: 0 };
  }
  const rows = { logits: Float32Array.from(single.logits), truth: Int32Array.from(single.truth), classes };
  const { temperature, bias }: Calibration = fitBiasAndTemperature(rows.logits, rows.truth);
  const sure = confidences(rows, { temperature, bias });
  return { ...common, temperature, bias: [...bias], abstainBelow: thresholdForCoverage(sure, COVERAGE) };
}
