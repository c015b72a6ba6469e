/** The report of rows with any number of labels each. */
import type { Random } from "../core/random.ts";
import { bootstrap, type Interval } from "../metrics/bootstrap.ts";
import { expectedCalibrationError, type ReliabilityBin, reliability } from "../metrics/calibration-error.ts";
import { multiLabelScores } from "../metrics/multi-label.ts";
import type { ClassScore } from "../metrics/per-class.ts";
import { areaUnderRiskCoverage, type RiskCoveragePoint, riskCoverage, thinned } from "../metrics/risk-coverage.ts";
import { areaCounter, macroAuc } from "../metrics/roc-auc.ts";
import type { GroupScore, ReportOptions, RocAuc } from "./report.ts";
import { byGroup } from "./row-groups.ts";

export interface MultiReport {
  readonly task: "multi";
  readonly n: number;
  readonly labels: readonly string[];
  /** Probability from which each label is said; from the model's contract. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Share of rows whose set of labels is exactly right. */
  readonly accuracy: number;
  /** Mean recall of the labels. */
  readonly uar: number;
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly perClass: Readonly<Record<string, ClassScore>>;
  readonly rocAuc: RocAuc;
  /**
   * How far the probability of a label and how often rows have it are apart, over all pairs of a row and a label, in 15
   * bins.
   */
  readonly ece: number;
  /** Of the same pairs: `confidence` is the mean probability, `accuracy` the share of rows that have the label. */
  readonly reliability: readonly ReliabilityBin[];
  /** By the confidence in the whole set, of which every label must be right. */
  readonly riskCoverage: { readonly area: number; readonly points: readonly RiskCoveragePoint[] };
  /** The main metrics of each group of rows, by field and value. */
  readonly groups?: Readonly<Record<string, Readonly<Record<string, GroupScore>>>>;
  /** 95 %, percentile bootstrap. */
  readonly intervals: Readonly<Record<string, Interval | null>>;
}

export interface MultiRows {
  readonly labels: readonly string[];
  /** `[rows, labels]`, each in [0, 1] by itself. */
  readonly probabilities: Float64Array;
  /** `[rows, labels]` of 0 and 1. */
  readonly truth: Uint8Array;
  readonly thresholds: readonly number[];
  /** Value of each row, by field. */
  readonly groups?: Readonly<Record<string, readonly (string | undefined)[]>>;
  /** Rows to draw together in the bootstrap, numbered from 0. */
  readonly clusters?: ArrayLike<number>;
}

interface Means {
  readonly uar: number;
  readonly macroF1: number;
  readonly weightedF1: number;
}

function meansOf(scores: readonly ClassScore[]): Means {
  const present = scores.filter(({ support }) => support > 0);
  const mean = (value: (score: ClassScore) => number): number =>
    present.reduce((sum, score) => sum + value(score), 0) / present.length;
  const support = present.reduce((sum, score) => sum + score.support, 0);
  return {
    uar: mean(({ recall }) => recall),
    macroF1: mean(({ f1 }) => f1),
    weightedF1: present.reduce((sum, score) => sum + score.f1 * score.support, 0) / support,
  };
}

/**
 * How sure a model is of all it says about each row, and does not say: the probability of the very set of labels, each
 * taken by itself.
 *
 * @param probabilities `[rows, labels]`
 * @param thresholds per label
 * @returns per row, in [0, 1]
 */
export function setConfidences(probabilities: ArrayLike<number>, thresholds: readonly number[]): Float64Array {
  const classes = thresholds.length;
  const sure = new Float64Array(probabilities.length / classes).fill(1);
  for (let at = 0; at < probabilities.length; at++) {
    const probability = probabilities[at] as number;
    const row = Math.floor(at / classes);
    const said = probability >= (thresholds[at % classes] as number);
    sure[row] = (sure[row] as number) * (said ? probability : 1 - probability);
  }
  return sure;
}

export function multiReport(rows: MultiRows, random: Random, options: ReportOptions = {}): MultiReport {
  const { labels, probabilities, truth, thresholds } = rows;
  const classes = labels.length;
  const n = truth.length / classes;
  const exact = Uint8Array.from({ length: n }, (_, row) => {
    for (let label = 0; label < classes; label++) {
      const at = row * classes + label;
      if ((probabilities[at] as number) >= (thresholds[label] as number) !== (truth[at] === 1)) return 0;
    }
    return 1;
  });
  const scores = multiLabelScores(probabilities, truth, thresholds);
  const areas = areaCounter(probabilities, n, classes, (row, label) => truth[row * classes + label] === 1);
  const areaOfLabels = areas();
  const counts = new Int32Array(n);
  const { resamples = 1000 } = options;
  const names = ["accuracy", "uar", "macroF1", "weightedF1", "rocAuc"];
  const intervals =
    resamples === 0
      ? []
      : bootstrap(
          n,
          (draw) => {
            counts.fill(0);
            let right = 0;
            for (const row of draw) {
              counts[row] = (counts[row] as number) + 1;
              right += exact[row] as number;
            }
            const means = meansOf(multiLabelScores(probabilities, truth, thresholds, draw));
            return [right / draw.length, means.uar, means.macroF1, means.weightedF1, macroAuc(areas(counts))];
          },
          random,
          { resamples, ...(rows.clusters === undefined ? {} : { groups: rows.clusters }) },
        );
  const groupScore = (members: readonly number[]): GroupScore => {
    const { uar, macroF1 } = meansOf(multiLabelScores(probabilities, truth, thresholds, members));
    const right = members.reduce((sum, row) => sum + (exact[row] as number), 0);
    return { n: members.length, accuracy: right / members.length, uar, macroF1 };
  };
  const bins = reliability(probabilities, truth);
  const curve = riskCoverage(setConfidences(probabilities, thresholds), exact);
  const byLabel = <T>(values: readonly T[]): Record<string, T> =>
    Object.fromEntries(labels.map((label, index) => [label, values[index] as T]));
  return {
    task: "multi",
    n,
    labels,
    thresholds: byLabel(thresholds),
    accuracy: exact.reduce((sum, value) => sum + value, 0) / n,
    ...meansOf(scores),
    perClass: byLabel(scores),
    rocAuc: { macro: macroAuc(areaOfLabels), perClass: byLabel(areaOfLabels) },
    ece: expectedCalibrationError(bins),
    reliability: bins,
    riskCoverage: { area: areaUnderRiskCoverage(curve), points: thinned(curve) },
    ...(rows.groups === undefined ? {} : { groups: byGroup(rows.groups, groupScore) }),
    intervals: Object.fromEntries(intervals.map((interval, index) => [names[index] as string, interval])),
  };
}
