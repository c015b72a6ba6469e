/** Rows of ready-made features: a vector, or a sequence of vectors, per modality, any of which may be missing. */
import { AffektError } from "../../core/errors.ts";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import type { Manifest } from "../../data/manifest.ts";
import type { Row } from "../../data/row.ts";
import { targetVector } from "../../data/target.ts";
import { conversations } from "./conversations.ts";
import type { FeatureLayout } from "./feature-layout.ts";
import type { FoundFeatures, RowReader, SourcedRow } from "./feature-rows.ts";

export interface FusionSet extends RowReader {
  readonly rows: number;
  /** In the order of `MODALITIES`. */
  readonly layout: readonly FeatureLayout[];
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

/** The rows of one split of all manifests, each with its folder. */
export function sourcedRows(manifests: readonly Manifest[], split: Row["split"]): SourcedRow[] {
  return manifests.flatMap(({ rows, base }) => rows.filter((row) => row.split === split).map((row) => ({ row, base })));
}

/** @throws AffektError `manifest` if a row has no features, `label` */
export function fusionSet(
  from: readonly SourcedRow[],
  { layout, presence, reader }: FoundFeatures,
  { labels, modalities = MODALITIES, utterances, order }: FusionSetOptions,
  budget: number,
): FusionSet {
  const count = from.length;
  const bare = from.findIndex((_, row) =>
    layout.every((_modality, column) => presence[row * layout.length + column] === 0),
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
    presence,
    ...reader(budget),
    targets,
    truth,
    samples: conversations(rows, utterances, order),
    ...(subjects.length === count ? { subjects } : {}),
  };
}
