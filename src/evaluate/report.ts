/** The report of an evaluation: plain JSON, generated, never typed by hand. */
import type { Random } from "../core/random.ts";
import { accuracyOf } from "../metrics/accuracy.ts";
import { argmax } from "../metrics/argmax.ts";
import { bootstrap, type Interval } from "../metrics/bootstrap.ts";
import { expectedCalibrationError, type ReliabilityBin, reliability } from "../metrics/calibration-error.ts";
import { confusionMatrix, confusionRows } from "../metrics/confusion.ts";
import { type ClassScore, macroF1Of, perClass, weightedF1Of } from "../metrics/per-class.ts";
import { areaUnderRiskCoverage, type RiskCoveragePoint, riskCoverage, thinned } from "../metrics/risk-coverage.ts";
import { areaCounter, macroAuc } from "../metrics/roc-auc.ts";
import { uarOf } from "../metrics/uar.ts";
import { byGroup } from "./row-groups.ts";

export interface RocAuc {
  readonly macro: number | null;
  readonly perClass: Readonly<Record<string, number | null>>;
}

/** Rows with one label each. */
export interface SingleReport {
  readonly task: "single";
  /** Rows evaluated. */
  readonly n: number;
  /** The labels that occur in the rows, which all metrics run over. */
  readonly labels: readonly string[];
  /** WAR. */
  readonly accuracy: number;
  readonly uar: number;
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly perClass: Readonly<Record<string, ClassScore>>;
  /** `counts[truth][predicted]`, in order of `labels`. */
  readonly confusion: { readonly labels: readonly string[]; readonly counts: readonly (readonly number[])[] };
  readonly rocAuc: RocAuc;
  readonly ece: number;
  readonly reliability: readonly ReliabilityBin[];
  readonly riskCoverage: { readonly area: number; readonly points: readonly RiskCoveragePoint[] };
  /** What abstaining below the model's threshold does. */
  readonly abstention?: { readonly threshold: number; readonly coverage: number; readonly accuracy: number | null };
  /** 95 %, percentile bootstrap. */
  readonly intervals: Readonly<Record<string, Interval | null>>;
  /** The main metrics of each group of rows, by field and value. */
  readonly groups?: Readonly<Record<string, Readonly<Record<string, GroupScore>>>>;
}

export interface GroupScore {
  readonly n: number;
  readonly accuracy: number;
  readonly uar: number;
  readonly macroF1: number;
}

/** The numbers that a report is made of. */
export interface SingleRows {
  readonly labels: readonly string[];
  /** `[rows, labels]`, sum to 1 per row. */
  readonly probabilities: Float64Array;
  readonly truth: Int32Array;
  /** Value of each row, by field. */
  readonly groups?: Readonly<Record<string, readonly (string | undefined)[]>>;
  readonly abstainBelow?: number;
  /** Rows to draw together in the bootstrap, numbered from 0. */
  readonly clusters?: ArrayLike<number>;
}

export interface ReportOptions {
  /** Bootstrap resamples; 0 leaves the intervals out. Default 1,000. */
  readonly resamples?: number;
}

function byLabel<T>(labels: readonly string[], values: readonly T[]): Record<string, T> {
  return Object.fromEntries(labels.map((label, index) => [label, values[index] as T]));
}

export function singleReport(rows: SingleRows, random: Random, options: ReportOptions = {}): SingleReport {
  const { labels, probabilities, truth } = rows;
  const n = truth.length;
  const classes = labels.length;
  const predicted = argmax(probabilities, classes);
  const right = Int32Array.from(predicted, (label, row) => Number(label === truth[row]));
  const confidences = Float64Array.from(predicted, (label, row) => probabilities[row * classes + label] as number);
  const confusion = confusionMatrix(truth, predicted, classes);
  const areas = areaCounter(probabilities, n, classes, (row, label) => truth[row] === label);
  const areaOfLabels = areas();
  const bins = reliability(confidences, right);
  const curve = riskCoverage(confidences, right);

  const groupScore = (members: readonly number[]): GroupScore => {
    const own = confusionMatrix(truth, predicted, classes, members);
    return { n: members.length, accuracy: accuracyOf(own), uar: uarOf(own), macroF1: macroF1Of(own) };
  };

  const counts = new Int32Array(n);
  const { resamples = 1000 } = options;
  const [accuracy, uar, macroF1, weightedF1, ece, rocAuc] =
    resamples === 0
      ? []
      : bootstrap(
          n,
          (draw) => {
            const own = confusionMatrix(truth, predicted, classes, draw);
            counts.fill(0);
            for (const row of draw) counts[row] = (counts[row] as number) + 1;
            return [
              accuracyOf(own),
              uarOf(own),
              macroF1Of(own),
              weightedF1Of(own),
              expectedCalibrationError(reliability(confidences, right, undefined, draw)),
              macroAuc(areas(counts)),
            ];
          },
          random,
          { resamples, ...(rows.clusters === undefined ? {} : { groups: rows.clusters }) },
        );

  return {
    task: "single",
    n,
    labels,
    accuracy: accuracyOf(confusion),
    uar: uarOf(confusion),
    macroF1: macroF1Of(confusion),
    weightedF1: weightedF1Of(confusion),
    perClass: byLabel(labels, perClass(confusion)),
    confusion: { labels, counts: confusionRows(confusion) },
    rocAuc: { macro: macroAuc(areaOfLabels), perClass: byLabel(labels, areaOfLabels) },
    ece: expectedCalibrationError(bins),
    reliability: bins,
    riskCoverage: { area: areaUnderRiskCoverage(curve), points: thinned(curve) },
    ...(rows.abstainBelow === undefined ? {} : { abstention: abstention(confidences, right, rows.abstainBelow) }),
    intervals:
      resamples === 0
        ? {}
        : {
            accuracy: accuracy ?? null,
            uar: uar ?? null,
            macroF1: macroF1 ?? null,
            weightedF1: weightedF1 ?? null,
            ece: ece ?? null,
            rocAuc: rocAuc ?? null,
          },
    ...(rows.groups === undefined ? {} : { groups: byGroup(rows.groups, groupScore) }),
  };
}

function abstention(confidences: Float64Array, right: Int32Array, threshold: number) {
  let answered = 0;
  let correct = 0;
  for (const [row, confidence] of confidences.entries()) {
    if (confidence < threshold) continue;
    answered++;
    correct += right[row] as number;
  }
  return {
    threshold,
    coverage: answered / confidences.length,
    accuracy: answered === 0 ? null : correct / answered,
  };
}
