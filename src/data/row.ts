/** One labelled sample of a manifest, and the check that turns an unknown object into it. */
import { z } from "zod";
import { checkContent } from "../core/check-value.ts";
import { AffektError } from "../core/errors.ts";
import { oneOf, receivedType } from "../core/explain-issue.ts";
import { parseLocator } from "./locator.ts";
import { readLabels } from "./row-labels.ts";

export const SPLITS = ["train", "validation", "test"] as const;

export type Split = (typeof SPLITS)[number];

/** A field that the manifest carries along: sex of the speaker, fold, flags of the cleaning, … */
export type Extra = string | number | boolean | null | readonly Extra[] | { readonly [key: string]: Extra };

export interface Row {
  /** Unique in the manifest. */
  readonly id: string;
  /** Who (or which conversation, film, …) it comes from. Splits are disjoint by it. Unique across corpora. */
  readonly subject?: string;
  readonly text?: string;
  /** Locators (see locator.ts) relative to the manifest: a path, with `#xywh=x,y,w,h` for a part of a picture. */
  readonly image?: string;
  readonly audio?: string;
  readonly video?: string;
  /** Ready-made features instead of media, by modality: `audio.npy#row=7`. */
  readonly features?: Readonly<Record<string, string>>;
  /** At most one of `label`, `labels` and `distribution` is set. Names are those of core/labels.ts where it has them. */
  readonly label?: string;
  /** Several labels hold at once (multi-label). */
  readonly labels?: readonly string[];
  /** Label → probability; sums to 1. */
  readonly distribution?: Readonly<Record<string, number>>;
  readonly split?: Split;
  /** BCP 47, such as `en`, `zh`. */
  readonly language?: string;
  /** SHA-256 of the media file, by field: `{ audio: "9f86…" }`. */
  readonly sha256?: Readonly<Record<string, string>>;
  /** Every further field. */
  readonly extra: Readonly<Record<string, Extra>>;
}

export const PROBLEMS = [
  "syntax",
  "schema",
  "missing-column",
  "duplicate-id",
  "unknown-label",
  "locator",
  "missing-file",
  "changed-file",
  "leak",
  "dropped",
] as const;

/** Why a row was left out, or what is wrong with it or beside it. */
export interface Problem {
  readonly code: (typeof PROBLEMS)[number];
  /** Counted from 1. */
  readonly line: number;
  readonly file?: string;
  readonly id?: string;
  readonly reason: string;
}

const SPLIT_ALIASES: Readonly<Record<string, Split>> = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  eval: "validation",
  test: "test",
  testing: "test",
};

/** The split that a corpus means by this word, or undefined. */
export function canonicalSplit(name: string): Split | undefined {
  return SPLIT_ALIASES[name.trim().toLowerCase()];
}

/** What is wrong with a locator, or undefined. */
export function locatorProblem(locator: string | undefined): string | undefined {
  if (locator === undefined) return undefined;
  try {
    parseLocator(locator);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof AffektError)) throw cause;
    return `has a broken locator: ${cause.message} ${cause.hint}`;
  }
}

const filled = z.string().min(1, "is empty");
const distribution = z
  .record(filled, z.number().min(0))
  .refine((shares) => Object.values(shares).some((share) => share > 0), "has no share above 0");

const RawRow = z.looseObject({
  id: z.union([filled, z.number().transform(String)]),
  subject: z.union([filled, z.number().transform(String)]).optional(),
  text: z.string().optional(),
  image: filled.optional(),
  audio: filled.optional(),
  video: filled.optional(),
  features: z.record(z.string(), filled).optional(),
  label: z.union([filled, z.array(filled), distribution]).optional(),
  labels: z.array(filled).optional(),
  distribution: distribution.optional(),
  split: z
    .string()
    .transform((name, context) => {
      const split = canonicalSplit(name);
      if (split === undefined) context.addIssue(oneOf(name, SPLITS, receivedType));
      return split ?? z.NEVER;
    })
    .optional(),
  language: filled.optional(),
  sha256: z
    .record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256 in lower-case hexadecimal"))
    .optional(),
});

const FIELDS = new Set(Object.keys(RawRow.shape));
const INPUTS = ["text", "image", "audio", "video", "features"] as const;

export interface RowOptions {
  /** Labels beyond the vocabulary of core/labels.ts that this manifest declares. */
  readonly labels?: readonly string[];
  /** Fields that every row must have. */
  readonly require?: readonly string[];
}

/** Either a row or what is wrong with it. */
export type Checked = { readonly row: Row } | { readonly problem: Pick<Problem, "code" | "reason" | "id"> };

/** Checks one object from outside. Empty strings, as csv has them, count as absent. Never throws. */
export function checkRow(value: unknown, options: RowOptions = {}): Checked {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { problem: { code: "schema", reason: `received ${receivedType(value)}; expected object` } };
  }
  const present = Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== null && field !== undefined && field !== ""),
  );
  const id = typeof present.id === "string" || typeof present.id === "number" ? { id: String(present.id) } : {};
  for (const field of ["id", ...(options.require ?? [])]) {
    if (present[field] === undefined) {
      return { problem: { code: "missing-column", reason: `has no ${field}`, ...id } };
    }
  }
  const checked = checkContent(RawRow, present, "row");
  if ("problems" in checked) return { problem: { code: "schema", reason: checked.problems.join("; "), ...id } };
  if (!INPUTS.some((field) => present[field] !== undefined)) {
    return { problem: { code: "missing-column", reason: `has none of ${INPUTS.join(", ")}`, ...id } };
  }
  const raw = checked.data;
  const locators = [raw.image, raw.audio, raw.video, ...Object.values(raw.features ?? {})];
  const broken = locators.map(locatorProblem).find((reason) => reason !== undefined);
  if (broken !== undefined) return { problem: { code: "locator", reason: broken, ...id } };
  const labelled = readLabels(raw, options.labels ?? []);
  if ("code" in labelled) return { problem: { ...labelled, ...id } };
  const { label: _label, labels: _labels, distribution: _distribution, ...rest } = raw;
  const core = Object.fromEntries(Object.entries(rest).filter(([field]) => FIELDS.has(field)));
  const extra = Object.fromEntries(Object.entries(present).filter(([field]) => !FIELDS.has(field)));
  return { row: { ...(core as Omit<Row, "extra">), ...labelled, extra: extra as Record<string, Extra> } };
}

/** The object that stands in a file for a row: `checkRow(rowRecord(row))` gives the row back. */
export function rowRecord(row: Row): Record<string, unknown> {
  const { extra, ...fields } = row;
  return { ...fields, ...extra };
}

/** The row of a record that `rowRecord` made, without checking it again. */
export function recordRow(record: Readonly<Record<string, unknown>>): Row {
  const row: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  for (const field of Object.keys(record)) (FIELDS.has(field) ? row : extra)[field] = record[field];
  row["extra"] = extra;
  return row as unknown as Row;
}
