/** Mean and deviation of every feature, so that networks see numbers of one size. */
import { AffektError } from "../../core/errors.ts";
import type { PerModality } from "../../core/modality.ts";
import { allAlike } from "./all-alike.ts";
import { type FeaturePlace, packed } from "./feature-layout.ts";
import type { FusionSet } from "./fusion-set.ts";

export interface FeatureStatistics {
  /** `[dim]` each. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Statistics of vectors that come one by one. */
interface Gathering {
  /** Takes the vector that begins there; numbers that are missing are left out. */
  add(values: Float32Array, start: number): void;
  /** A constant feature has deviation 1. */
  result(): FeatureStatistics;
}

/** In one pass, and as exact as in two: sums of squares by Youngs & Cramer (1971). */
function gathering(dim: number): Gathering {
  const [count, sum, squares] = [new Float64Array(dim), new Float64Array(dim), new Float64Array(dim)];
  return {
    add(values, start) {
      for (let at = 0; at < dim; at++) {
        const value = values[start + at] as number;
        if (!Number.isFinite(value)) continue;
        const known = ++count[at]!;
        sum[at]! += value;
        if (known > 1) squares[at]! += (known * value - (sum[at] as number)) ** 2 / (known * (known - 1));
      }
    },
    result() {
      const mean = Float32Array.from(sum, (total, at) => total / Math.max(1, count[at] as number));
      const deviation = Float32Array.from(squares, (total, at) => {
        const spread = Math.sqrt(total / Math.max(1, count[at] as number));
        return spread > 1e-6 * Math.max(1e-3, Math.abs(mean[at] as number)) ? spread : 1;
      });
      return { mean, deviation };
    },
  };
}

/** Calls with where each vector of a modality begins that is there at all: neither absent nor padding. */
function eachVector(
  { presence, layout }: Pick<FusionSet, "presence" | "layout">,
  places: readonly FeaturePlace[],
  row: number,
  values: Float32Array,
  use: (column: number, start: number) => void,
): void {
  for (const [column, { start, dim, steps = 1, open }] of places.entries()) {
    if (presence[row * layout.length + column] === 0) continue;
    for (let step = 0; step < steps; step++) {
      if (open === undefined || values[open + step] !== 0) use(column, start + step * dim);
    }
  }
}

/** Of a set, per modality. @throws AffektError `data` if all its rows are the same */
export async function featureStatistics(set: FusionSet): Promise<PerModality<FeatureStatistics>> {
  const { places } = packed(set.layout);
  const gathered = places.map(({ dim }) => gathering(dim));
  const alike = allAlike("rows of features", "all zeros, or all one row");
  let row = 0;
  for await (const values of set.read(Array(set.rows).keys())) {
    alike.see(values);
    eachVector(set, places, row++, values, (column, start) => gathered[column]?.add(values, start));
  }
  alike.check();
  return Object.fromEntries(places.map(({ modality }, column) => [modality, gathered[column]?.result()]));
}

/**
 * The set with every feature at mean 0 and deviation 1 over the rows of each subject: what differs between people, and
 * not between their expressions, goes. It looks at all rows of a subject, but at no label. Its rows are read once for
 * that, subject by subject; what is held of each is its mean and deviation.
 *
 * @throws AffektError `manifest` if rows have no subject
 */
export async function standardizedBySubject(set: FusionSet): Promise<FusionSet> {
  const { subjects } = set;
  if (subjects === undefined) {
    throw new AffektError(
      "manifest",
      "Features cannot be standardized by subject: rows have no subject.",
      'Add a subject to every row, or set features.normalization to "training".',
    );
  }
  const { places } = packed(set.layout);
  const rowsOf = new Map<string, number[]>();
  for (const [row, subject] of subjects.entries()) {
    const own = rowsOf.get(subject) ?? [];
    own.push(row);
    rowsOf.set(subject, own);
  }
  const order = [...rowsOf.values()].flat();
  const statistics = new Map<string, FeatureStatistics[]>();
  let at = 0;
  let gathered: Gathering[] = [];
  for await (const values of set.read(order)) {
    const row = order[at++] as number;
    const subject = subjects[row] as string;
    const own = rowsOf.get(subject) as number[];
    if (row === own[0]) gathered = places.map(({ dim }) => gathering(dim));
    eachVector(set, places, row, values, (column, start) => gathered[column]?.add(values, start));
    if (row === own.at(-1))
      statistics.set(
        subject,
        gathered.map((one) => one.result()),
      );
  }
  function standardized(row: number, values: Float32Array): Float32Array {
    const own = statistics.get(subjects?.[row] as string) as FeatureStatistics[];
    const out = values.slice();
    eachVector(set, places, row, values, (column, start) => {
      const { mean, deviation } = own[column] as FeatureStatistics;
      for (let index = 0; index < mean.length; index++) {
        const value = values[start + index] as number;
        out[start + index] = (value - (mean[index] as number)) / (deviation[index] as number);
      }
    });
    return out;
  }
  return {
    ...set,
    async *read(rows) {
      const wanted = [...rows];
      let index = 0;
      for await (const values of set.read(wanted)) yield standardized(wanted[index++] as number, values);
    },
  };
}
