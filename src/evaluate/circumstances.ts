/** The part of every report that tells what its numbers stand on: model, rows, and what was left out and why. */
import { AffektError } from "../core/errors.ts";
import type { Manifest } from "../data/manifest.ts";
import type { Skipped } from "./ask.ts";
import type { Circumstances } from "./evaluation.ts";
import type { LabelSpace } from "./truth.ts";

/** The model under evaluation. */
export interface Subject {
  readonly model: string;
  readonly modelLabels: readonly string[];
  readonly space: LabelSpace;
  readonly abstainBelow?: number;
}

/** What became of the rows on the way to the metrics. */
export interface SortedOut {
  readonly skipped: readonly Skipped[];
  readonly unknownLabels: Readonly<Record<string, number>>;
  readonly missingLabels: readonly string[];
  readonly restricted: boolean;
  readonly notes: readonly string[];
}

const EXAMPLES = 20;

function skippedPart(skipped: readonly Skipped[]): Circumstances["skipped"] {
  const byCode: Record<string, number> = {};
  for (const { code } of skipped) byCode[code] = (byCode[code] ?? 0) + 1;
  return { n: skipped.length, byCode, examples: skipped.slice(0, EXAMPLES) };
}

/** The error where no row can be evaluated; the first one skipped tells why. */
export function nothingLeft(skipped: readonly Skipped[]): AffektError {
  const why = skipped[0];
  return new AffektError(
    "data",
    `No row could be evaluated${why === undefined ? "" : `; row ${why.id}: ${why.reason}`}`,
    "Check that the manifest has labels that the model knows, and inputs of its modality.",
  );
}

export function circumstances(manifest: Manifest, subject: Subject, rows: SortedOut): Circumstances {
  const { name, version, sha256 } = manifest.header;
  const { missingLabels, unknownLabels, restricted, skipped, notes } = rows;
  return {
    model: subject.model,
    manifest: { name, version, ...(sha256 === undefined ? {} : { sha256 }) },
    labelSpace: subject.space,
    missingLabels,
    unknownLabels,
    restricted,
    skipped: skippedPart(skipped),
    notes,
  };
}
