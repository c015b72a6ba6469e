/** Two models on the same rows: which is better, by how much, and on which rows they differ. */

import { AffektError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { accuracyOf } from "../../metrics/accuracy.ts";
import { expectedCalibrationError, reliability } from "../../metrics/calibration-error.ts";
import { confusionMatrix } from "../../metrics/confusion.ts";
import { type McNemar, mcnemar } from "../../metrics/mcnemar.ts";
import { type PairedDifference, pairedDifferences } from "../../metrics/paired-difference.ts";
import { macroF1Of, perClass, weightedF1Of } from "../../metrics/per-class.ts";
import { type AreaCounter, areaCounter, macroAuc } from "../../metrics/roc-auc.ts";
import { uarOf } from "../../metrics/uar.ts";
import type { Evaluation, RowPrediction } from "../evaluate.ts";
import { truthOf } from "../truth.ts";
import { type ColumnComparison, compareColumns } from "./compare-columns.ts";
import { type Mistake, mistakeOf } from "./mistakes.ts";
import type { RowFacts } from "./row-facts.ts";

export interface Comparison {
  readonly first: string;
  readonly second: string;
  /** Rows that both answered and that have the same truth in both; everything here runs over them. */
  readonly n: number;
  /** Rows that only one of them answered, or whose truth differs. */
  readonly leftOut: { readonly onlyFirst: number; readonly onlySecond: number; readonly otherTruth: number };
  /**
   * 95 %, paired bootstrap. Where rows have several labels, accuracy alone; without scores of all labels in both, no
   * ROC-AUC.
   */
  readonly metrics: Readonly<Record<string, PairedDifference>>;
  /** Further columns that both answer, where there are any. */
  readonly columns?: readonly ColumnComparison[];
  readonly recall: Readonly<
    Record<string, { readonly first: number; readonly second: number; readonly support: number }>
  >;
  /** On which share of the rows they say the same. */
  readonly agreement: number;
  readonly mcnemar: McNemar;
  /** Rows that only the one got right, with what the other said: its most confident first. */
  readonly gained: readonly Mistake[];
  readonly lost: readonly Mistake[];
}

export interface CompareOptions {
  readonly resamples?: number;
  /** Rows to draw together, by id: the subject of each. */
  readonly clusterOf?: ReadonlyMap<string, string>;
  readonly facts?: ReadonlyMap<string, RowFacts>;
  /** Of the rows that only one got right. Default 10. */
  readonly examples?: number;
}

interface Pair {
  readonly first: RowPrediction;
  readonly second: RowPrediction;
}

function paired(first: Evaluation, second: Evaluation) {
  const other = new Map(second.predictions.map((row) => [row.id, row]));
  const pairs: Pair[] = [];
  let onlyFirst = 0;
  let otherTruth = 0;
  for (const row of first.predictions) {
    const match = other.get(row.id);
    if (match === undefined) onlyFirst++;
    else if (truthOf(match) !== truthOf(row)) otherTruth++;
    else pairs.push({ first: row, second: match });
  }
  const onlySecond = second.predictions.length - pairs.length - otherTruth;
  return { pairs, leftOut: { onlyFirst, onlySecond, otherTruth } };
}

const WHICH = ["first", "second"] as const;

/** Areas of the labels of some rows; null if the scores were not kept. */
function areasOf(rows: readonly RowPrediction[], labels: readonly string[]): AreaCounter | null {
  if (rows.some(({ scores }) => scores === undefined)) return null;
  const scores = Float64Array.from(rows.flatMap((row) => labels.map((label) => row.scores?.[label] ?? 0)));
  return areaCounter(scores, rows.length, labels.length, (row, label) => rows[row]?.truth[0] === labels[label]);
}

function numbered(values: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  for (const value of values) if (!numbers.has(value)) numbers.set(value, numbers.size);
  return Int32Array.from(values, (value) => numbers.get(value) as number);
}

/** @throws AffektError `data` if they have no row in common */
export function compareEvaluations(
  first: Evaluation,
  second: Evaluation,
  random: Random,
  options: CompareOptions = {},
): Comparison {
  const { pairs, leftOut } = paired(first, second);
  const n = pairs.length;
  if (n === 0) {
    throw new AffektError(
      "data",
      `${first.report.model} and ${second.report.model} have no row with the same id and truth in common.`,
      "Compare evaluations on the same manifest, with the same labels.",
    );
  }
  const right = {
    first: Int32Array.from(pairs, (pair) => Number(pair.first.right)),
    second: Int32Array.from(pairs, (pair) => Number(pair.second.right)),
  };
  const isSingle = first.report.task === "single" && second.report.task === "single";
  const occurring = new Set(pairs.flatMap((pair) => [truthOf(pair.first), pair.first.label, pair.second.label]));
  // In order of the page; sets of labels, which no report lists, by name.
  const listed = [...new Set([...first.report.labels, ...second.report.labels])];
  const labels = [
    ...listed.filter((label) => occurring.has(label)),
    ...[...occurring].filter((label) => !listed.includes(label)).sort(),
  ];
  const at = new Map(labels.map((label, index) => [label, index]));
  const index = (label: string): number => at.get(label) as number;
  const truth = Int32Array.from(pairs, (pair) => index(truthOf(pair.first)));
  const said = {
    first: Int32Array.from(pairs, (pair) => index(pair.first.label)),
    second: Int32Array.from(pairs, (pair) => index(pair.second.label)),
  };
  const present = labels.filter((label) => pairs.some((pair) => truthOf(pair.first) === label));
  const areas = {
    first: isSingle
      ? areasOf(
          pairs.map((pair) => pair.first),
          present,
        )
      : null,
    second: isSingle
      ? areasOf(
          pairs.map((pair) => pair.second),
          present,
        )
      : null,
  };
  const hasAreas = WHICH.every((which) => areas[which] !== null && macroAuc(areas[which]()) !== null);
  const names = isSingle
    ? ["accuracy", "uar", "macroF1", "weightedF1", ...(hasAreas ? ["rocAuc"] : []), "ece"]
    : ["accuracy"];
  const counts = new Int32Array(n);
  const metricsOf = (which: "first" | "second") => {
    const sure = Float64Array.from(pairs, (pair) => pair[which].confidence);
    return (draw: Int32Array) => {
      if (!isSingle) return [draw.reduce((sum, row) => sum + (right[which][row] as number), 0) / draw.length];
      const confusion = confusionMatrix(truth, said[which], labels.length, draw);
      counts.fill(0);
      for (const row of draw) counts[row] = (counts[row] as number) + 1;
      // A resample without a value is left out of the interval.
      const area = hasAreas ? [macroAuc(areas[which]?.(counts) ?? []) ?? Number.NaN] : [];
      return [
        ...[accuracyOf(confusion), uarOf(confusion), macroF1Of(confusion), weightedF1Of(confusion), ...area],
        expectedCalibrationError(reliability(sure, right[which], undefined, draw)),
      ];
    };
  };
  const { resamples = 1000, clusterOf, facts = new Map(), examples = 10 } = options;
  const drawing = {
    resamples,
    ...(clusterOf === undefined
      ? {}
      : { groups: numbered(pairs.map((pair) => clusterOf.get(pair.first.id) ?? `row ${pair.first.id}`)) }),
  };
  const differences = pairedDifferences(n, metricsOf("first"), metricsOf("second"), random, drawing);
  // Drawn after the others, which stay what they are without columns.
  const columns = compareColumns(pairs, first, second, random, drawing);
  const scoresOf = (which: "first" | "second") => perClass(confusionMatrix(truth, said[which], labels.length));
  const [before, after] = [scoresOf("first"), scoresOf("second")];
  const wrongOf = (which: "first" | "second", other: "first" | "second"): Mistake[] =>
    pairs
      .filter((pair) => !pair[which].right && pair[other].right)
      .map((pair) => mistakeOf(pair[which], facts))
      .sort((a, b) => b.confidence - a.confidence || (a.id < b.id ? -1 : 1))
      .slice(0, examples);
  return {
    first: first.report.model,
    second: second.report.model,
    n,
    leftOut,
    metrics: Object.fromEntries(differences.map((difference, metric) => [names[metric] as string, difference])),
    ...(columns.length === 0 ? {} : { columns }),
    recall: isSingle
      ? Object.fromEntries(
          labels.flatMap((label, place) => {
            const [one, two] = [before[place], after[place]];
            if (one === undefined || two === undefined || one.support === 0) return [];
            return [[label, { first: one.recall, second: two.recall, support: one.support }]];
          }),
        )
      : {},
    agreement: pairs.filter((pair) => pair.first.label === pair.second.label).length / n,
    mcnemar: mcnemar(right.first, right.second),
    gained: wrongOf("first", "second"),
    lost: wrongOf("second", "first"),
  };
}
