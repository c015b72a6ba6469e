/** Everything that a report shows, as plain JSON. */

import { random } from "../../core/random.ts";
import type { Evaluation, Report } from "../evaluate.ts";
import { type ClassCurves, classCurves } from "./class-curves.ts";
import { type Comparison, compareEvaluations } from "./compare.ts";
import { analyzeErrors, type ErrorAnalysis } from "./error-analysis.ts";
import type { RowFacts } from "./row-facts.ts";
import type { SubsetRow } from "./subsets.ts";

export interface Analysis {
  readonly report: Report;
  /** Null if the scores of the labels were not kept. */
  readonly curves: readonly ClassCurves[] | null;
  /** Null if predictions of rows were not kept. */
  readonly errors: ErrorAnalysis | null;
  readonly subsets?: readonly SubsetRow[];
  readonly comparison?: Comparison;
  /** Curves of the second model, for the same charts. */
  readonly otherCurves?: readonly ClassCurves[] | null;
  /** The second model by itself. */
  readonly otherReport?: Report;
  readonly otherSubsets?: readonly SubsetRow[];
}

export interface AnalyzeOptions {
  readonly facts?: readonly RowFacts[];
  /** Another model on the same rows. */
  readonly other?: Evaluation & { readonly subsets?: readonly SubsetRow[] };
  readonly subsets?: readonly SubsetRow[];
  /** Subject of each row, by its id: the bootstrap of the comparison then draws whole subjects. */
  readonly clusterOf?: ReadonlyMap<string, string>;
  /** Of the bootstrap of the comparison. Default 1,000. */
  readonly resamples?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** @throws AffektError `data` if the other model was asked about other rows */
export function analyze(evaluation: Evaluation, options: AnalyzeOptions = {}): Analysis {
  const { facts = [], other, subsets, clusterOf, resamples, seed = 1 } = options;
  const { report, predictions } = evaluation;
  return {
    report,
    curves: classCurves(predictions, report.labels),
    errors: predictions.length === 0 ? null : analyzeErrors(predictions, facts),
    ...(subsets === undefined ? {} : { subsets }),
    ...(other === undefined
      ? {}
      : {
          comparison: compareEvaluations(evaluation, other, random(seed), {
            ...(resamples === undefined ? {} : { resamples }),
            ...(clusterOf === undefined ? {} : { clusterOf }),
            facts: new Map(facts.map((own) => [own.id, own])),
          }),
          otherCurves: classCurves(other.predictions, report.labels),
          otherReport: other.report,
          ...(other.subsets === undefined ? {} : { otherSubsets: other.subsets }),
        }),
  };
}
