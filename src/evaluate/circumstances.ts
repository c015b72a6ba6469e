/** The part of every report that tells what its numbers stand on: model, rows, and what was left out and why. */
import { AffektError } from "../core/errors.ts";
import { caveatsOf } from "../data/caveats.ts";
import type { Manifest } from "../data/manifest.ts";
import { type Row, SPLITS, type Split } from "../data/row.ts";
import type { Skipped } from "./ask.ts";
import type { Circumstances } from "./evaluation.ts";
import type { ColumnSource } from "./recognizer-columns.ts";
import type { LabelSpace } from "./truth.ts";

/** The model under evaluation. */
export interface Subject {
  readonly model: string;
  readonly modelLabels: readonly string[];
  readonly space: LabelSpace;
  readonly abstainBelow?: number;
  /** Whether it was trained on the data that the rows are of, or on data of their name. */
  readonly trainedOn?: boolean | undefined;
  /** What its contract says about the data that it was trained on. */
  readonly caveats?: readonly string[] | undefined;
  /** Where further columns come from, if not all are of one model. */
  readonly columns?: ReadonlyMap<string, ColumnSource> | undefined;
}

/** What became of the rows on the way to the metrics. */
export interface SortedOut {
  readonly evaluated: readonly Row[];
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

/** The error where no row can be evaluated: labels that the model lacks, or why the first one was skipped. */
export function nothingLeft(
  skipped: readonly Skipped[],
  unknownLabels: Readonly<Record<string, number>>,
  modelLabels: readonly string[],
): AffektError {
  const why = skipped[0];
  const lacked = Object.entries(unknownLabels).map(([label, n]) => `${n} ${label}`);
  const reasons = [
    ...(why === undefined ? [] : [`row ${why.id}: ${why.reason}`]),
    ...(lacked.length === 0
      ? []
      : [`labels that the model lacks: ${lacked.join(", ")}; it has ${modelLabels.join(", ")}.`]),
  ];
  return new AffektError(
    "data",
    `No row could be evaluated; ${reasons.join(" ")}`,
    "Check that the manifest has labels that the model knows, and inputs of its modality.",
  );
}

/** Of which splits the rows are. */
function splitsOf(rows: readonly Row[]): Required<Pick<Circumstances, "split" | "splits">> {
  const splits: Partial<Record<Split, number>> = {};
  for (const split of SPLITS) {
    const n = rows.filter((row) => row.split === split).length;
    if (n > 0) splits[split] = n;
  }
  return { split: SPLITS.find((split) => splits[split] === rows.length) ?? "all", splits };
}

/** What rows that a model may have learned do to the numbers; nothing where there are only test rows, or none is marked. */
export function learnedNote(
  { train = 0, validation = 0, test = 0 }: NonNullable<Circumstances["splits"]>,
  n: number,
  trainedOn: boolean,
): string[] {
  const learned = trainedOn ? n - test : train + validation;
  if (learned === 0) return [];
  return [
    trainedOn
      ? `The model was trained on these data or data of the same name: ${learned} of the ${n} rows are no test rows, and it is better on them than on new ones.`
      : `${learned} of the ${n} rows are marked as training or validation rows: a model that was trained on them is better on them than on new ones.`,
  ];
}

/** What has to be said of the rows, and of the training data what is not true of the rows too. */
function caveatNotes(rows: readonly string[], { caveats = [] }: Subject): string[] {
  const others = new Set(caveats.filter((caveat) => !rows.includes(caveat)));
  return [...rows, ...[...others].map((caveat) => `Of the data that the model was trained on: ${caveat}`)];
}

export function circumstances(manifest: Manifest, subject: Subject, rows: SortedOut): Circumstances {
  const { name, version, sha256 } = manifest.header;
  const { evaluated, missingLabels, unknownLabels, restricted, skipped, notes } = rows;
  const { split, splits } = splitsOf(evaluated);
  return {
    model: subject.model,
    manifest: { name, version, ...(sha256 === undefined ? {} : { sha256 }) },
    split,
    splits,
    labelSpace: subject.space,
    missingLabels,
    unknownLabels,
    restricted,
    skipped: skippedPart(skipped),
    notes: [
      ...caveatNotes(caveatsOf([{ header: manifest.header, rows: evaluated }]), subject),
      ...learnedNote(splits, evaluated.length, subject.trainedOn === true),
      ...notes,
    ],
  };
}
