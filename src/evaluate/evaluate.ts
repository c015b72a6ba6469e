/**
 * From what a model said about the rows of a manifest to a report. Metrics run over the labels that occur in the rows;
 * everything that was left out, merged or restricted on the way is said in the report.
 */
import { AffektError } from "../core/errors.ts";
import type { Prediction } from "../core/prediction.ts";
import { random } from "../core/random.ts";
import type { Manifest } from "../data/manifest.ts";
import type { Row } from "../data/row.ts";
import { answerOf } from "../recognize/answer.ts";
import type { Contract } from "../recognize/contract.ts";
import type { Opinion } from "../recognize/opinion.ts";
import type { Asked, Skipped } from "./ask.ts";
import { type MultiReport, multiReport } from "./multi-report.ts";
import { type ReportOptions, type SingleReport, singleReport } from "./report.ts";
import { inSpace, type LabelSpace, labelSpaceOf, rowLabels } from "./truth.ts";

export interface EvaluateOptions extends ReportOptions {
  /** Of the bootstrap. Default 1. */
  readonly seed?: number | undefined;
  /** How labels are brought together. Default: see `labelSpaceOf`. */
  readonly labelSpace?: LabelSpace | undefined;
  /**
   * Whether scores are restricted to the labels that occur and made to sum to 1 again: the usual protocol where a test
   * set has fewer labels than the model. Default true.
   */
  readonly restrict?: boolean | undefined;
  /** Fields of the rows (`language`, `sex`, …) to give the main metrics by. */
  readonly groupBy?: readonly string[] | undefined;
  /** Draws whole subjects in the bootstrap, because rows of one speaker are not independent. Default false. */
  readonly bySubject?: boolean | undefined;
}

/** What is known of the evaluation besides its metrics. */
export interface Circumstances {
  readonly model: string;
  readonly manifest: { readonly name: string; readonly version: string; readonly sha256?: string };
  readonly labelSpace: LabelSpace;
  /** Labels that the model has and the rows lack; no metric runs over them. */
  readonly missingLabels: readonly string[];
  /** Labels that the rows have and the model lacks, with their rows, which are left out. */
  readonly unknownLabels: Readonly<Record<string, number>>;
  /** Whether scores were restricted to the labels that occur. */
  readonly restricted: boolean;
  readonly skipped: {
    readonly n: number;
    readonly byCode: Readonly<Record<string, number>>;
    /** The first twenty. */
    readonly examples: readonly Skipped[];
  };
  /** In words, what a reader of the numbers has to know. */
  readonly notes: readonly string[];
}

export type Report = Circumstances & (SingleReport | MultiReport);

/** What was said about one row. */
export interface RowPrediction {
  readonly id: string;
  readonly truth: readonly string[];
  readonly label: string;
  readonly confidence: number;
  readonly right: boolean;
  /** Probability per label, from which curves are drawn. */
  readonly scores?: Readonly<Record<string, number>>;
}

export interface Evaluation {
  readonly report: Report;
  readonly predictions: readonly RowPrediction[];
}

/** One row on its way into a report. */
interface Item {
  readonly row: Row;
  readonly truth: readonly string[];
  readonly scores: ReadonlyMap<string, number>;
}

const EXAMPLES = 20;

function skippedPart(skipped: readonly Skipped[]): Circumstances["skipped"] {
  const byCode: Record<string, number> = {};
  for (const { code } of skipped) byCode[code] = (byCode[code] ?? 0) + 1;
  return { n: skipped.length, byCode, examples: skipped.slice(0, EXAMPLES) };
}

function nothingLeft(skipped: readonly Skipped[]): AffektError {
  const why = skipped[0];
  return new AffektError(
    "data",
    `No row could be evaluated${why === undefined ? "" : `; row ${why.id}: ${why.reason}`}`,
    "Check that the manifest has labels that the model knows, and inputs of its modality.",
  );
}

function groupValue(row: Row, field: string): string | undefined {
  const value = field === "language" ? row.language : field === "subject" ? row.subject : row.extra[field];
  return value === undefined || value === null ? undefined : String(value);
}

function numbered(values: readonly string[]): number[] {
  const numbers = new Map<string, number>();
  return values.map((value) => {
    const known = numbers.get(value) ?? numbers.size;
    numbers.set(value, known);
    return known;
  });
}

const byLabel = (labels: readonly string[], values: ArrayLike<number>): Record<string, number> =>
  Object.fromEntries(labels.map((label, at) => [label, values[at] as number]));

interface Subject {
  readonly model: string;
  readonly modelLabels: readonly string[];
  readonly space: LabelSpace;
  readonly abstainBelow?: number;
}

/** Rows with one right label each. */
function evaluateSingle(
  items: readonly Item[],
  earlier: readonly Skipped[],
  manifest: Manifest,
  subject: Subject,
  options: EvaluateOptions,
): Evaluation {
  const skipped = [...earlier];
  const unknownLabels: Record<string, number> = {};
  const known = items.filter(({ row, truth }) => {
    const [label] = truth;
    if (label === undefined || truth.length > 1) {
      const reason = label === undefined ? "has no label" : `has ${truth.length} labels; one is expected`;
      skipped.push({ id: row.id, code: "label", reason: `Row ${row.id} ${reason}.` });
      return false;
    }
    if (subject.modelLabels.includes(label)) return true;
    unknownLabels[label] = (unknownLabels[label] ?? 0) + 1;
    return false;
  });
  if (known.length === 0) throw nothingLeft(skipped);
  const occurring = new Set(known.map(({ truth }) => truth[0] as string));
  const missingLabels = subject.modelLabels.filter((label) => !occurring.has(label));
  const restricted = missingLabels.length > 0 && options.restrict !== false;
  const labels = restricted ? subject.modelLabels.filter((label) => occurring.has(label)) : [...subject.modelLabels];

  const classes = labels.length;
  const probabilities = new Float64Array(known.length * classes);
  const truth = new Int32Array(known.length);
  for (const [index, item] of known.entries()) {
    let sum = 0;
    for (const label of labels) sum += item.scores.get(label) ?? 0;
    for (const [at, label] of labels.entries()) {
      probabilities[index * classes + at] = sum > 0 ? (item.scores.get(label) ?? 0) / sum : 1 / classes;
    }
    truth[index] = labels.indexOf(item.truth[0] as string);
  }
  const fields = options.groupBy ?? [];
  const report = singleReport(
    {
      labels,
      probabilities,
      truth,
      ...(fields.length === 0
        ? {}
        : {
            groups: Object.fromEntries(fields.map((field) => [field, known.map(({ row }) => groupValue(row, field))])),
          }),
      ...(subject.abstainBelow === undefined ? {} : { abstainBelow: subject.abstainBelow }),
      ...(options.bySubject === true
        ? { clusters: numbered(known.map(({ row }) => row.subject ?? `row ${row.id}`)) }
        : {}),
    },
    random(options.seed ?? 1),
    options,
  );

  const notes: string[] = [];
  if (restricted) {
    notes.push(
      `Scores are restricted to the ${classes} labels that occur and renormalized; the model also has ${missingLabels.join(", ")}.`,
    );
  } else if (missingLabels.length > 0) {
    notes.push(`The rows lack ${missingLabels.join(", ")}; the model could still answer with them.`);
  }
  const left = Object.entries(unknownLabels);
  if (left.length > 0) {
    notes.push(`Left out because the model lacks the label: ${left.map(([label, n]) => `${n} ${label}`).join(", ")}.`);
  }
  if (subject.space === "ekman7") notes.push("Labels of model and rows are mapped to Ekman's seven.");
  if (options.bySubject === true) notes.push("Intervals draw whole subjects.");

  const predictions = known.map((item, index): RowPrediction => {
    const own = probabilities.subarray(index * classes, (index + 1) * classes);
    const confidence = Math.max(...own);
    const label = labels[own.indexOf(confidence)] as string;
    const scores = byLabel(labels, own);
    return { id: item.row.id, truth: item.truth, label, confidence, right: label === item.truth[0], scores };
  });
  return {
    report: {
      ...circumstances(manifest, subject, missingLabels, unknownLabels, restricted, skipped, notes),
      ...report,
    },
    predictions,
  };
}

function circumstances(
  manifest: Manifest,
  subject: Subject,
  missingLabels: readonly string[],
  unknownLabels: Readonly<Record<string, number>>,
  restricted: boolean,
  skipped: readonly Skipped[],
  notes: readonly string[],
): Circumstances {
  const { name, version, sha256 } = manifest.header;
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

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Rows with any number of right labels each, and a model that was trained for it. */
function evaluateMulti(
  asked: Asked<Opinion>,
  manifest: Manifest,
  contract: Contract,
  thresholds: readonly number[],
  options: EvaluateOptions,
): Evaluation {
  const { labels: modelLabels } = contract;
  const skipped = [...asked.skipped];
  const unknownLabels: Record<string, number> = {};
  const rows = asked.answers.filter(({ row }) => {
    const truth = rowLabels(row);
    const unknown = truth.filter((label) => !modelLabels.includes(label));
    for (const label of unknown) unknownLabels[label] = (unknownLabels[label] ?? 0) + 1;
    if (truth.length === 0) {
      skipped.push({ id: row.id, code: "label", reason: `Row ${row.id} has no label.` });
    }
    return truth.length > 0 && unknown.length === 0;
  });
  if (rows.length === 0) throw nothingLeft(skipped);
  const occurring = new Set(rows.flatMap(({ row }) => rowLabels(row)));
  const labels = modelLabels.filter((label) => occurring.has(label));
  const missingLabels = modelLabels.filter((label) => !occurring.has(label));
  const classes = labels.length;
  const probabilities = new Float64Array(rows.length * classes);
  const truth = new Uint8Array(rows.length * classes);
  for (const [index, { row, answer }] of rows.entries()) {
    const own = rowLabels(row);
    for (const [at, label] of labels.entries()) {
      probabilities[index * classes + at] = sigmoid(answer.logits[modelLabels.indexOf(label)] as number);
      truth[index * classes + at] = own.includes(label) ? 1 : 0;
    }
  }
  const chosen = labels.map((label) => thresholds[modelLabels.indexOf(label)] as number);
  const report = multiReport({ labels, probabilities, truth, thresholds: chosen }, random(options.seed ?? 1), options);
  const predictions = rows.map(({ row }, index): RowPrediction => {
    const own = probabilities.subarray(index * classes, (index + 1) * classes);
    const said = labels.filter((_, at) => (own[at] as number) >= (chosen[at] as number));
    const confidence = Math.max(...own);
    const truths = rowLabels(row);
    return {
      id: row.id,
      truth: truths,
      label: said.join("+"),
      confidence,
      right: said.length === new Set(truths).size && said.every((label) => truths.includes(label)),
      scores: byLabel(labels, own),
    };
  });
  const notes = ["Every label is a yes or no of its own, by thresholds chosen on validation rows."];
  const subject: Subject = { model: `${contract.id} ${contract.version}`, modelLabels, space: "as-trained" };
  return {
    report: {
      ...circumstances(manifest, subject, missingLabels, unknownLabels, false, skipped, notes),
      ...report,
    },
    predictions,
  };
}

/**
 * Evaluates one expert.
 *
 * @throws AffektError `data` if no row is left to evaluate
 */
export function evaluateOpinions(
  asked: Asked<Opinion>,
  manifest: Manifest,
  contract: Contract,
  options: EvaluateOptions = {},
): Evaluation {
  const occurring = [...new Set(asked.answers.flatMap(({ row }) => rowLabels(row)))];
  const space = options.labelSpace ?? labelSpaceOf(contract.labels, occurring);
  const isMulti = manifest.rows.some(({ labels }) => labels !== undefined);
  if (contract.task === "multi" && contract.thresholds !== undefined && isMulti && space === "as-trained") {
    return evaluateMulti(asked, manifest, contract, contract.thresholds, options);
  }
  const rename = (label: string): string => inSpace(label, space);
  const items = asked.answers.map(({ row, answer }): Item => {
    const { labels, probabilities } = answerOf(answer, rename);
    return {
      row,
      truth: [...new Set(rowLabels(row).map(rename))],
      scores: new Map(labels.map((label, at) => [label, probabilities[at] as number])),
    };
  });
  return evaluateSingle(
    items,
    asked.skipped,
    manifest,
    {
      model: `${contract.id} ${contract.version}`,
      modelLabels: [...new Set(contract.labels.map(rename))],
      space,
      abstainBelow: contract.abstainBelow,
    },
    options,
  );
}

/**
 * Evaluates a whole recognizer, which answers with Ekman's seven.
 *
 * @throws AffektError `data` if no row is left to evaluate
 */
export function evaluatePredictions(
  asked: Asked<Prediction>,
  manifest: Manifest,
  model: string,
  options: EvaluateOptions = {},
): Evaluation {
  const modelLabels = [
    ...new Set(asked.answers.flatMap(({ answer }) => answer.scores.map(({ label }) => label))),
  ].sort();
  const items = asked.answers.map(
    ({ row, answer }): Item => ({
      row,
      truth: [...new Set(rowLabels(row).map((label) => inSpace(label, "ekman7")))],
      scores: new Map(answer.scores.map(({ label, score }) => [label, score])),
    }),
  );
  return evaluateSingle(items, asked.skipped, manifest, { model, modelLabels, space: "ekman7" }, options);
}
