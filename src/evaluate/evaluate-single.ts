/** Evaluates rows with one right label each: chooses the labels that metrics run over, and says what was left out. */

import type { PerModality } from "../core/modality.ts";
import type { FurtherColumns } from "../core/prediction.ts";
import { random } from "../core/random.ts";
import type { Manifest } from "../data/manifest.ts";
import type { Row } from "../data/row.ts";
import type { Skipped } from "./ask.ts";
import { circumstances, nothingLeft, type SortedOut, type Subject } from "./circumstances.ts";
import { columnTruths } from "./column-metrics.ts";
import { columnScores } from "./column-scores.ts";
import { type EvaluateOptions, type Evaluation, type RowPrediction, scoresByLabel } from "./evaluation.ts";
import { meanWeights } from "./modality-weights.ts";
import { singleReport } from "./report.ts";
import { clustersOf, groupsOf, subjectNote } from "./row-groups.ts";

/** One row on its way into a report. */
export interface Item {
  readonly row: Row;
  readonly truth: readonly string[];
  /** Probability per label of the model. */
  readonly scores: ReadonlyMap<string, number>;
  /** Share of each modality in the answer, where the model tells. */
  readonly weights?: PerModality<number>;
  /** What the model says of further columns, where it answers any. */
  readonly columns?: FurtherColumns;
}

/** Rows whose label the model has; the others go to `skipped` or are counted by their label. */
function answerable(items: readonly Item[], modelLabels: readonly string[]) {
  const skipped: Skipped[] = [];
  const unknownLabels: Record<string, number> = {};
  const known = items.filter(({ row, truth }) => {
    const [label] = truth;
    if (label === undefined || truth.length > 1) {
      const reason = label === undefined ? "has no label" : `has ${truth.length} labels; one is expected`;
      skipped.push({ id: row.id, code: "label", reason: `Row ${row.id} ${reason}.` });
      return false;
    }
    if (modelLabels.includes(label)) return true;
    unknownLabels[label] = (unknownLabels[label] ?? 0) + 1;
    return false;
  });
  return { known, skipped, unknownLabels };
}

/** `[rows, labels]`, each row summing to 1: equal shares where the model gave these labels nothing. */
function probabilitiesOver(labels: readonly string[], items: readonly Item[]): Float64Array {
  const probabilities = new Float64Array(items.length * labels.length);
  for (const [index, { scores }] of items.entries()) {
    let sum = 0;
    for (const label of labels) sum += scores.get(label) ?? 0;
    for (const [at, label] of labels.entries()) {
      probabilities[index * labels.length + at] = sum > 0 ? (scores.get(label) ?? 0) / sum : 1 / labels.length;
    }
  }
  return probabilities;
}

function notesOn(
  { missingLabels, unknownLabels, restricted }: Pick<SortedOut, "missingLabels" | "unknownLabels" | "restricted">,
  classes: number,
  subject: Subject,
): string[] {
  const notes: string[] = [];
  const missing = missingLabels.join(", ");
  if (restricted) {
    notes.push(
      `Scores are restricted to the ${classes} labels that occur and renormalized; the model also has ${missing}.`,
    );
  } else if (missingLabels.length > 0) {
    notes.push(`The rows lack ${missing}; the model could still answer with them.`);
  }
  const left = Object.entries(unknownLabels);
  if (left.length > 0) {
    notes.push(`Left out because the model lacks the label: ${left.map(([label, n]) => `${n} ${label}`).join(", ")}.`);
  }
  if (subject.space === "ekman7") notes.push("Labels of model and rows are mapped to Ekman's seven.");
  return notes;
}

/**
 * @param earlier rows that were skipped before the model could answer
 * @throws AffektError `data` if no row is left to evaluate
 */
export function evaluateSingle(
  items: readonly Item[],
  earlier: readonly Skipped[],
  manifest: Manifest,
  subject: Subject,
  options: EvaluateOptions,
): Evaluation {
  const { known, skipped: unlabelled, unknownLabels } = answerable(items, subject.modelLabels);
  const skipped = [...earlier, ...unlabelled];
  if (known.length === 0) throw nothingLeft(skipped, unknownLabels, subject.modelLabels);
  const occurring = new Set(known.map(({ truth }) => truth[0] as string));
  const missingLabels = subject.modelLabels.filter((label) => !occurring.has(label));
  const restricted = missingLabels.length > 0 && options.restrict !== false;
  const labels = restricted ? subject.modelLabels.filter((label) => occurring.has(label)) : [...subject.modelLabels];
  const probabilities = probabilitiesOver(labels, known);
  const truth = Int32Array.from(known, (item) => labels.indexOf(item.truth[0] as string));
  const rows = known.map(({ row }) => row);
  const report = singleReport(
    {
      labels,
      probabilities,
      truth,
      ...groupsOf(rows, options.groupBy),
      ...clustersOf(rows, options.bySubject),
      ...(subject.abstainBelow === undefined ? {} : { abstainBelow: subject.abstainBelow }),
    },
    random(options.seed ?? 1),
    options,
  );
  const columnTruth = columnTruths(known, subject.columns);
  const predictions = known.map((item, index): RowPrediction => {
    const own = probabilities.subarray(index * labels.length, (index + 1) * labels.length);
    const confidence = Math.max(...own);
    const label = labels[own.indexOf(confidence)] as string;
    const scores = scoresByLabel(labels, own);
    return {
      id: item.row.id,
      truth: item.truth,
      label,
      confidence,
      right: label === item.truth[0],
      scores,
      ...(item.weights === undefined ? {} : { weights: item.weights }),
      ...(item.columns === undefined ? {} : { columns: item.columns }),
      ...(columnTruth[index] === undefined ? {} : { columnTruth: columnTruth[index] }),
    };
  });
  const weights = meanWeights(
    known.map((item) => ({ label: item.truth[0] as string, weights: item.weights })),
    labels,
  );
  const sortedOut = { missingLabels, unknownLabels, restricted };
  const drawn = options.bySubject === true ? [subjectNote(rows)] : [];
  const notes = [...notesOn(sortedOut, labels.length, subject), ...drawn];
  return {
    report: {
      ...circumstances(manifest, subject, { ...sortedOut, evaluated: rows, skipped, notes }),
      ...report,
      ...(weights === undefined ? {} : { weights }),
      ...columnScores(known, { ...options, sources: subject.columns }),
    },
    predictions,
  };
}
