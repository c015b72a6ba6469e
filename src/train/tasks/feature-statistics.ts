/** Mean and deviation of every feature, so that networks see numbers of one size. */
import { AffektError } from "../../core/errors.ts";
import type { PerModality } from "../../core/modality.ts";
import type { FusionSet } from "./fusion-set.ts";

export interface FeatureStatistics {
  /** `[dim]` each. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Over the vectors that `keep` lets through, numbers that are missing left out; a constant feature has deviation 1. */
function statisticsOf(data: Float32Array, dim: number, keep: (vector: number) => boolean): FeatureStatistics {
  const [count, sum, squares] = [new Float64Array(dim), new Float64Array(dim), new Float64Array(dim)];
  const each = (use: (value: number, at: number) => void): void => {
    for (let vector = 0; vector * dim < data.length; vector++) {
      if (!keep(vector)) continue;
      for (let at = 0; at < dim; at++) {
        const value = data[vector * dim + at] as number;
        if (Number.isFinite(value)) use(value, at);
      }
    }
  };
  each((value, at) => {
    count[at]! += 1;
    sum[at]! += value;
  });
  const mean = Float32Array.from(sum, (total, at) => total / Math.max(1, count[at] as number));
  each((value, at) => void (squares[at]! += (value - (mean[at] as number)) ** 2));
  const deviation = Float32Array.from(squares, (total, at) => {
    const spread = Math.sqrt(total / Math.max(1, count[at] as number));
    return spread > 1e-6 * Math.max(1e-3, Math.abs(mean[at] as number)) ? spread : 1;
  });
  return { mean, deviation };
}

/** Whether vector `vector` of a modality is there at all. */
function presentVectors({ layout, presence, steps }: FusionSet, column: number): (vector: number) => boolean {
  const { modality, steps: length = 1 } = layout[column] as FusionSet["layout"][number];
  const mask = steps[modality];
  return (vector) =>
    presence[Math.floor(vector / length) * layout.length + column] !== 0 && (mask === undefined || mask[vector] !== 0);
}

/** Of a set, per modality. */
export function featureStatistics(set: FusionSet): PerModality<FeatureStatistics> {
  return Object.fromEntries(
    set.layout.map(({ modality, dim }, column) => [
      modality,
      statisticsOf(set.features[modality] as Float32Array, dim, presentVectors(set, column)),
    ]),
  );
}

/**
 * The set with every feature at mean 0 and deviation 1 over the rows of each subject: what differs between people, and
 * not between their expressions, goes. It looks at all rows of a subject, but at no label.
 *
 * @throws AffektError `manifest` if rows have no subject
 */
export function standardizedBySubject(set: FusionSet): FusionSet {
  const { subjects } = set;
  if (subjects === undefined) {
    throw new AffektError(
      "manifest",
      "Features cannot be standardized by subject: rows have no subject.",
      'Add a subject to every row, or set features.normalization to "training".',
    );
  }
  const features = Object.fromEntries(
    set.layout.map(({ modality, dim, steps = 1 }, column) => {
      const data = set.features[modality] as Float32Array;
      const present = presentVectors(set, column);
      const out = data.slice();
      for (const subject of new Set(subjects)) {
        const keep = (vector: number): boolean => subjects[Math.floor(vector / steps)] === subject && present(vector);
        const { mean, deviation } = statisticsOf(data, dim, keep);
        for (let vector = 0; vector * dim < data.length; vector++) {
          if (!keep(vector)) continue;
          for (let at = 0; at < dim; at++) {
            const index = vector * dim + at;
            out[index] = ((data[index] as number) - (mean[at] as number)) / (deviation[at] as number);
          }
        }
      }
      return [modality, out];
    }),
  );
  return { ...set, features };
}
