/** A recognizer on every non-empty subset of the modalities: what each channel adds, and what is left without it. */

import { AffektError } from "../../core/errors.ts";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import type { Row } from "../../data/row.ts";
import { accuracyOf } from "../../metrics/accuracy.ts";
import type { Interval } from "../../metrics/bootstrap.ts";
import { confusionMatrix } from "../../metrics/confusion.ts";
import { macroF1Of } from "../../metrics/per-class.ts";
import { uarOf } from "../../metrics/uar.ts";
import { wilson } from "../../metrics/wilson.ts";
import type { Evaluation, RowPrediction } from "../evaluate.ts";
import { truthOf } from "../truth.ts";

/** All non-empty subsets, small ones first: seven for three modalities. */
export function subsetsOf(modalities: readonly Modality[] = MODALITIES): Modality[][] {
  const subsets = Array.from({ length: 2 ** modalities.length - 1 }, (_, mask) =>
    modalities.filter((_, bit) => ((mask + 1) >> bit) & 1),
  );
  return subsets.sort((a, b) => a.length - b.length);
}

/** What a row is asked about with: media by a recognizer, pictures in place of films by a network, or ready-made features. */
export type AskedBy = "media" | "pictures" | "features";

/** Whether a row can be asked about with a modality. A video is heard, and seen by a recognizer. */
export function hasModality(row: Row, modality: Modality, by: AskedBy = "media"): boolean {
  const { text, image, audio, video, features } = row;
  if (by === "features") return features?.[modality] !== undefined;
  const given: Readonly<Record<Modality, unknown>> = {
    text,
    face: by === "media" ? (image ?? video) : image,
    speech: audio ?? video,
  };
  return given[modality] !== undefined;
}

/** What any of the rows can be asked about. */
export function modalitiesOf(rows: readonly Row[], by: AskedBy = "media"): Modality[] {
  return MODALITIES.filter((modality) => rows.some((row) => hasModality(row, modality, by)));
}

export interface SubsetMetrics {
  readonly n: number;
  readonly accuracy: number;
  /** 95 %, Wilson. */
  readonly interval: Interval;
  readonly uar: number;
  readonly macroF1: number;
}

export type SubsetRow = { readonly modalities: readonly Modality[] } & (
  | {
      readonly answered: SubsetMetrics;
      /** On the rows that every subset answered, which alone is a fair comparison; null if there are none. */
      readonly shared: SubsetMetrics | null;
    }
  | { readonly reason: string }
);

function metricsOf(predictions: readonly RowPrediction[]): SubsetMetrics {
  const labels = [...new Set(predictions.flatMap((row) => [truthOf(row), row.label]))].sort();
  const confusion = confusionMatrix(
    predictions.map((row) => labels.indexOf(truthOf(row))),
    predictions.map(({ label }) => labels.indexOf(label)),
    labels.length,
  );
  const right = predictions.filter((row) => row.right).length;
  return {
    n: predictions.length,
    accuracy: accuracyOf(confusion),
    interval: wilson(right, predictions.length),
    uar: uarOf(confusion),
    macroF1: macroF1Of(confusion),
  };
}

/**
 * Evaluates one subset after the other. A subset that no row can be evaluated with has its reason instead of metrics.
 *
 * @param evaluate asks the recognizer about all rows, with the inputs of the subset alone
 * @param modalities those that the rows have
 */
export async function evaluateSubsets(
  evaluate: (subset: readonly Modality[]) => Promise<Evaluation>,
  modalities: readonly Modality[] = MODALITIES,
): Promise<SubsetRow[]> {
  const done: { modalities: readonly Modality[]; predictions?: readonly RowPrediction[]; reason: string }[] = [];
  for (const subset of subsetsOf(modalities)) {
    try {
      const { predictions } = await evaluate(subset);
      done.push({ modalities: subset, predictions, reason: "No row was answered." });
    } catch (error) {
      if (!(error instanceof AffektError) || error.code !== "data") throw error;
      done.push({ modalities: subset, reason: error.message });
    }
  }
  const answered = done.flatMap(({ predictions }) =>
    predictions === undefined || predictions.length === 0 ? [] : [new Set(predictions.map(({ id }) => id))],
  );
  const shared = (id: string): boolean => answered.every((ids) => ids.has(id));
  return done.map(({ modalities: subset, predictions = [], reason }): SubsetRow => {
    if (predictions.length === 0) return { modalities: subset, reason };
    const common = predictions.filter(({ id }) => shared(id));
    return {
      modalities: subset,
      answered: metricsOf(predictions),
      shared: common.length === 0 ? null : metricsOf(common),
    };
  });
}
