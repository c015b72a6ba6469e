/** ROC and precision-recall of each label against the rest. */

import { averagePrecision, type PrecisionRecallPoint, precisionRecall } from "../../metrics/precision-recall.ts";
import { areaUnderRoc, type RocPoint, rocCurve } from "../../metrics/roc-curve.ts";
import type { RowPrediction } from "../evaluate.ts";
import { evenlySpread } from "./evenly-spread.ts";

export interface ClassCurves {
  readonly label: string;
  /** Share of the rows that have the label: what average precision is for chance. */
  readonly share: number;
  /** Null if all rows or none have the label. */
  readonly roc: { readonly area: number; readonly points: readonly RocPoint[] } | null;
  /** Null if no row has the label. */
  readonly precisionRecall: {
    readonly averagePrecision: number;
    readonly points: readonly PrecisionRecallPoint[];
  } | null;
}

/** Points kept of a curve; areas are of the whole curve. */
const POINTS = 200;

/** @returns null if the scores of the labels were not kept, or there are no rows */
export function classCurves(predictions: readonly RowPrediction[], labels: readonly string[]): ClassCurves[] | null {
  if (predictions.length === 0 || predictions.some(({ scores }) => scores === undefined)) return null;
  return labels.map((label): ClassCurves => {
    const scores = Float64Array.from(predictions, (row) => row.scores?.[label] ?? 0);
    const positive = Uint8Array.from(predictions, ({ truth }) => (truth.includes(label) ? 1 : 0));
    const roc = rocCurve(scores, positive);
    const recall = precisionRecall(scores, positive);
    return {
      label,
      share: positive.reduce((sum, value) => sum + value, 0) / predictions.length,
      roc: roc === null ? null : { area: areaUnderRoc(roc), points: evenlySpread(roc, POINTS) },
      precisionRecall:
        recall === null ? null : { averagePrecision: averagePrecision(recall), points: evenlySpread(recall, POINTS) },
    };
  });
}
