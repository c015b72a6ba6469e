/** Rows of ready-made features in memory: a vector, or a sequence of vectors, per modality, any of which may be missing. */
import { AffektError } from "../../core/errors.ts";
import { MODALITIES, type Modality, type PerModality } from "../../core/modality.ts";
import type { Files } from "../../core/ports.ts";
import { parseLocator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import { joinPath } from "../../data/paths.ts";
import { type NpyArray, npyRow, readNpy } from "../../data/readers/npy.ts";
import type { Row } from "../../data/row.ts";
import { targetVector } from "../../data/target.ts";
import { conversations } from "./conversations.ts";

/** What the features of one modality look like. */
export interface FeatureLayout {
  readonly modality: Modality;
  /** Numbers per vector. */
  readonly dim: number;
  /** Vectors per row; absent where a row has just one. */
  readonly steps?: number;
}

export interface FusionSet {
  readonly rows: number;
  /** In the order of `MODALITIES`. */
  readonly layout: readonly FeatureLayout[];
  /** `[rows, dim]` or `[rows, steps, dim]`, raw; NaN where a number is missing, 0 where the modality is. */
  readonly features: PerModality<Float32Array>;
  /** `[rows, steps]` of a sequence: 0 for padding. That is what follows the length of a row or, without one, all zeros. */
  readonly steps: PerModality<Float32Array>;
  /** `[rows, modalities]`, 1 present and 0 absent. */
  readonly presence: Float32Array;
  /** `[rows, labels]`, each summing to 1. */
  readonly targets: Float32Array;
  /** Index of the label that counts when judging, per row. */
  readonly truth: Int32Array;
  /** `[rows, width]` of the further columns that are learnt along. */
  readonly further?: Float32Array;
  /** The rows of each sample, in order: one, or a stretch of a conversation. */
  readonly samples: readonly Int32Array[];
  /** Names, where all rows have one. */
  readonly subjects?: readonly string[];
}

export interface FusionSetOptions {
  readonly labels: readonly string[];
  /** Default: all that occur in the rows. */
  readonly modalities?: readonly Modality[];
  /** Most rows of one sample; 1 for rows that stand alone. */
  readonly utterances: number;
  /** Extra field that orders the rows of a conversation. */
  readonly order: string;
}

export interface SourcedRow {
  readonly row: Row;
  /** Folder that its locators are relative to. */
  readonly base: string;
}

/** The rows of one split of all manifests, each with its folder. */
export function sourcedRows(manifests: readonly Manifest[], split: Row["split"]): SourcedRow[] {
  return manifests.flatMap(({ rows, base }) => rows.filter((row) => row.split === split).map((row) => ({ row, base })));
}

/** Reads each .npy file once. */
export type FeatureReader = (
  base: string,
  locator: string,
) => Promise<{
  readonly matrix: NpyArray;
  readonly vector: Float32Array;
  /** Length of a sequence, where it is told. */
  readonly length?: number;
}>;

export function featureReader(files: Pick<Files, "readBytes">): FeatureReader {
  const opened = new Map<string, NpyArray>();
  return async (base, locator) => {
    const { path, row = 0, steps } = parseLocator(locator);
    const full = joinPath(base, path);
    let matrix = opened.get(full);
    if (matrix === undefined) {
      matrix = readNpy(await files.readBytes(full));
      opened.set(full, matrix);
    }
    return { matrix, vector: npyRow(matrix, row), ...(steps === undefined ? {} : { length: steps }) };
  };
}

function layoutOf(modality: Modality, { shape }: NpyArray, locator: string): FeatureLayout {
  const [, first = 0, second] = shape;
  if (shape.length === 2) return { modality, dim: first };
  if (shape.length === 3 && second !== undefined) return { modality, dim: second, steps: first };
  throw new AffektError(
    "data",
    `The features ${locator} have ${shape.length} dimensions.`,
    "Save them as [rows, dim], or as [rows, steps, dim] for sequences.",
  );
}

/** @throws AffektError `manifest` if a row has no features, `data` if they differ in shape, `label`, `file` */
export async function loadFusionSet(
  from: readonly SourcedRow[],
  { labels, modalities = MODALITIES, utterances, order }: FusionSetOptions,
  read: FeatureReader,
): Promise<FusionSet> {
  const count = from.length;
  const layout: FeatureLayout[] = [];
  const features: { [M in Modality]?: Float32Array } = {};
  const steps: { [M in Modality]?: Float32Array } = {};
  const occurring = MODALITIES.filter(
    (modality) => modalities.includes(modality) && from.some(({ row }) => row.features?.[modality] !== undefined),
  );
  const presence = new Float32Array(count * occurring.length);
  for (const [column, modality] of occurring.entries()) {
    let own: FeatureLayout | undefined;
    let data = new Float32Array(0);
    let mask = new Float32Array(0);
    for (const [index, { row, base }] of from.entries()) {
      const locator = row.features?.[modality];
      if (locator === undefined) continue;
      const { matrix, vector, length } = await read(base, locator);
      own ??= layoutOf(modality, matrix, locator);
      const size = own.dim * (own.steps ?? 1);
      if (data.length === 0) {
        data = new Float32Array(count * size);
        mask = new Float32Array((count * size) / own.dim);
      }
      if (vector.length !== size) {
        throw new AffektError(
          "data",
          `The ${modality} features of row ${row.id} are ${vector.length} numbers; those before it ${size}.`,
          "Bring all rows to one shape; pad sequences with zeros.",
        );
      }
      data.set(vector, index * size);
      mask.set(filledSteps(vector, own.dim, length), (index * size) / own.dim);
      presence[index * occurring.length + column] = 1;
    }
    if (own === undefined) continue;
    layout.push(own);
    features[modality] = data;
    if (own.steps !== undefined) steps[modality] = mask;
  }
  const bare = from.findIndex((_, index) =>
    occurring.every((_modality, column) => presence[index * occurring.length + column] === 0),
  );
  if (bare >= 0) {
    throw new AffektError(
      "manifest",
      `Row ${from[bare]?.row.id} has no features of ${modalities.join(", ")}.`,
      "Train a fusion on rows with features, or leave this row out.",
    );
  }
  const targets = new Float32Array(count * labels.length);
  const truth = new Int32Array(count);
  for (const [index, { row }] of from.entries()) {
    const target = targetVector(row, labels, targets.subarray(index * labels.length, (index + 1) * labels.length));
    const sum = target.reduce((total, share) => total + share, 0);
    for (let at = 0; at < target.length; at++) target[at] = (target[at] as number) / sum;
    truth[index] = target.indexOf(Math.max(...target));
  }
  const subjects = from.flatMap(({ row }) => (row.subject === undefined ? [] : [row.subject]));
  const rows = from.map(({ row }) => row);
  return {
    rows: count,
    layout,
    features,
    steps,
    presence,
    targets,
    truth,
    samples: conversations(rows, utterances, order),
    ...(subjects.length === count ? { subjects } : {}),
  };
}

/** 1 for so many steps; without a length for those with a number that is not 0. */
function filledSteps(data: Float32Array, dim: number, length?: number): Float32Array<ArrayBuffer> {
  const mask = new Float32Array(data.length / dim);
  if (length !== undefined) return mask.fill(1, 0, length);
  for (let step = 0; step < mask.length; step++) {
    if (data.subarray(step * dim, (step + 1) * dim).some((value) => value !== 0)) mask[step] = 1;
  }
  return mask;
}
