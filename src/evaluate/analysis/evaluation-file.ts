/** An evaluation as it lies in a file: the report alone, or with what was said about each row and what is known of it. */

import { z } from "zod";
import { checkContent, checkValue } from "../../core/check-value.ts";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES } from "../../core/modality.ts";
import { type NotJsonOptions, notJson } from "../../core/parse-json.ts";
import type { Evaluation, Report, RowPrediction } from "../evaluate.ts";
import type { RowFacts } from "./row-facts.ts";
import type { SubsetRow } from "./subsets.ts";

export interface EvaluationFile extends Evaluation {
  readonly facts: readonly RowFacts[];
  readonly subsets?: readonly SubsetRow[];
}

const share = z.number().min(0).max(1);
const scores = z.looseObject({ precision: share, recall: share, f1: share, support: z.number().min(0) });

const weights = z.partialRecord(z.enum(MODALITIES), z.number().nonnegative());
const meanWeights = { n: z.number(), weights };

const intervals = z.record(z.string(), z.looseObject({ low: z.number(), high: z.number() }).nullable());
const columnRows = {
  n: z.number(),
  without: z.number(),
  intervals,
  // Of a whole recognizer.
  field: z.string().optional(),
  modality: z.enum(MODALITIES).optional(),
  models: z.array(z.string()).optional(),
};
const columns = z.record(
  z.string(),
  z.discriminatedUnion("kind", [
    z.looseObject({
      kind: z.literal("number"),
      ...columnRows,
      ccc: z.number().nullable(),
      pearson: z.number().nullable(),
      mae: z.number().nullable(),
    }),
    z.looseObject({
      kind: z.literal("category"),
      ...columnRows,
      accuracy: share.nullable(),
      uar: share.nullable(),
      macroF1: share.nullable(),
    }),
  ]),
);

/** What every report has. */
const common = {
  model: z.string(),
  manifest: z.looseObject({ name: z.string(), version: z.string() }),
  n: z.int().positive(),
  labels: z.array(z.string()).min(1),
  accuracy: share,
  uar: share,
  macroF1: share,
  weightedF1: share,
  perClass: z.record(z.string(), scores),
  rocAuc: z.looseObject({ macro: share.nullable(), perClass: z.record(z.string(), share.nullable()) }),
  intervals,
  skipped: z.looseObject({
    n: z.number(),
    byCode: z.record(z.string(), z.number()),
    examples: z.array(z.looseObject({ id: z.string(), code: z.string(), reason: z.string() })),
  }),
  notes: z.array(z.string()),
  weights: z.looseObject({ ...meanWeights, perLabel: z.record(z.string(), z.looseObject(meanWeights)) }).optional(),
  columns: columns.optional(),
};

const reliability = z.array(
  z.looseObject({ low: share, high: share, count: z.number(), confidence: share, accuracy: share }),
);
const groups = z.record(
  z.string(),
  z.record(z.string(), z.looseObject({ n: z.number(), accuracy: share, uar: share, macroF1: share })),
);

const riskCoverage = z.looseObject({
  area: z.number(),
  points: z.array(z.looseObject({ coverage: share, risk: share, threshold: z.number() })),
});

const ReportSchema = z.discriminatedUnion("task", [
  z.looseObject({
    task: z.literal("single"),
    ...common,
    confusion: z.looseObject({ labels: z.array(z.string()), counts: z.array(z.array(z.number())) }),
    ece: share,
    reliability,
    riskCoverage,
    groups: groups.optional(),
  }),
  z.looseObject({
    task: z.literal("multi"),
    ...common,
    ece: share,
    reliability,
    // Evaluations of older versions lack it.
    riskCoverage: riskCoverage.optional(),
    groups: groups.optional(),
  }),
]);

const Prediction = z.looseObject({
  id: z.string(),
  truth: z.array(z.string()),
  label: z.string(),
  confidence: share,
  right: z.boolean(),
  scores: z.record(z.string(), share).optional(),
  weights: weights.optional(),
  columns: z
    .looseObject({
      numbers: z.record(z.string(), z.number()).optional(),
      categories: z.record(z.string(), z.array(z.looseObject({ label: z.string(), score: z.number() }))).optional(),
    })
    .optional(),
  columnTruth: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
});

const Facts = z.looseObject({
  id: z.string(),
  text: z.string().optional(),
  characters: z.number().optional(),
  durationMs: z.number().optional(),
  brightness: z.number().optional(),
  snrDb: z.number().optional(),
  language: z.string().optional(),
});

const Metrics = z.looseObject({
  n: z.number(),
  accuracy: share,
  interval: z.looseObject({ low: z.number(), high: z.number() }),
  uar: share,
  macroF1: share,
});

const Subset = z.union([
  z.looseObject({ modalities: z.array(z.string()), answered: Metrics, shared: Metrics.nullable() }),
  z.looseObject({ modalities: z.array(z.string()), reason: z.string() }),
]);

/** What an evaluation says of rows, beside its report. */
const OfRows = z.looseObject({
  predictions: z.array(Prediction).optional(),
  facts: z.array(Facts).optional(),
  subsets: z.array(Subset).optional(),
});

const HINT = "Make it with: affekt evaluate … --json > report.json";

/** A file that is no evaluation at all has something wrong with every field. */
const TOLD = 3;

function refused(name: string, problems: readonly string[]): AffektError {
  return new AffektError("input", `${name} is not an evaluation: ${problems.slice(0, TOLD).join("; ")}.`, HINT);
}

function parsed(text: string, name: string, of: NotJsonOptions): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AffektError("input", `${name} ${notJson(text, of)}.`, HINT, { cause });
  }
}

/**
 * @param text JSON: a report, or `{ report, predictions?, facts?, subsets? }`
 * @param name of the file, for errors
 * @throws AffektError `input` if it is not an evaluation
 */
export function parseEvaluation(text: string, name: string): EvaluationFile {
  const value = parsed(text, name, { lines: true, quotes: false });
  const isWhole = typeof value === "object" && value !== null && "report" in value;
  const checked = isWhole
    ? checkValue(ReportSchema, value.report, "file", ["report"])
    : checkValue(ReportSchema, value);
  const ofRows = checkContent(OfRows, isWhole ? value : {}, "file");
  if ("problems" in checked || "problems" in ofRows) {
    throw refused(
      name,
      [checked, ofRows].flatMap((part) => ("problems" in part ? part.problems : [])),
    );
  }
  const report = checked.data;
  const { predictions = [], facts = [], subsets } = ofRows.data;
  // Shapes were checked above; fields beyond them are carried along and never read.
  return {
    report: report as unknown as Report,
    predictions: predictions as readonly RowPrediction[],
    facts: facts as readonly RowFacts[],
    ...(subsets === undefined ? {} : { subsets: subsets as readonly SubsetRow[] }),
  };
}

/**
 * One line of a file of predictions, as `affekt evaluate --predictions` writes it.
 *
 * @throws AffektError `input` if it is not a prediction
 */
export function parsePrediction(line: string, name: string): RowPrediction {
  const checked = checkContent(Prediction, parsed(line, name, { lines: false }), "line");
  if ("problems" in checked) throw refused(name, checked.problems);
  return checked.data as RowPrediction;
}
