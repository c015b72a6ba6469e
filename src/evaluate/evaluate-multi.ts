/** Evaluates rows with any number of right labels each, by a model that was trained for it: a yes or no per label. */
import { random } from "../core/random.ts";
import type { Manifest } from "../data/manifest.ts";
import { furtherColumns } from "../recognize/columns.ts";
import type { Contract } from "../recognize/contract.ts";
import type { Opinion } from "../recognize/opinion.ts";
import type { Asked } from "./ask.ts";
import { circumstances, nothingLeft, type Subject } from "./circumstances.ts";
import { columnTruths } from "./column-metrics.ts";
import { columnScores } from "./column-scores.ts";
import { type EvaluateOptions, type Evaluation, type RowPrediction, scoresByLabel } from "./evaluation.ts";
import { multiReport, setConfidences } from "./multi-report.ts";
import { clustersOf, groupsOf, subjectNote } from "./row-groups.ts";
import { rowLabels } from "./truth.ts";

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/**
 * @param thresholds per label of the contract, in [0, 1]
 * @throws AffektError `data` if no row is left to evaluate
 */
export function evaluateMulti(
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
  if (rows.length === 0) throw nothingLeft(skipped, unknownLabels, modelLabels);
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
  const own = rows.map(({ row }) => row);
  const report = multiReport(
    {
      labels,
      probabilities,
      truth,
      thresholds: chosen,
      ...groupsOf(own, options.groupBy),
      ...clustersOf(own, options.bySubject),
    },
    random(options.seed ?? 1),
    options,
  );
  const sure = setConfidences(probabilities, chosen);
  const columnItems = rows.map(({ row, answer }) => ({ row, ...furtherColumns(answer) }));
  const columnTruth = columnTruths(columnItems, undefined);
  const predictions = rows.map(({ row, answer }, index): RowPrediction => {
    const own = probabilities.subarray(index * classes, (index + 1) * classes);
    const said = labels.filter((_, at) => (own[at] as number) >= (chosen[at] as number));
    const truths = rowLabels(row);
    return {
      id: row.id,
      truth: truths,
      label: said.join("+"),
      confidence: sure[index] as number,
      right: said.length === new Set(truths).size && said.every((label) => truths.includes(label)),
      scores: scoresByLabel(labels, own),
      ...furtherColumns(answer),
      ...(columnTruth[index] === undefined ? {} : { columnTruth: columnTruth[index] }),
    };
  });
  const notes = ["Every label is a yes or no of its own, by thresholds chosen on validation rows."];
  if (options.bySubject === true) notes.push(subjectNote(own));
  const subject: Subject = {
    model: `${contract.id} ${contract.version}`,
    modelLabels,
    space: "as-trained",
    trainedOn: options.trainedOn,
    caveats: contract.caveats,
  };
  return {
    report: {
      ...circumstances(manifest, subject, {
        evaluated: own,
        skipped,
        unknownLabels,
        missingLabels,
        restricted: false,
        notes,
      }),
      ...report,
      ...columnScores(columnItems, options),
    },
    predictions,
  };
}
