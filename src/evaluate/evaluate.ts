/**
 * From what a model said about the rows of a manifest to a report. Metrics run over the labels that occur in the rows;
 * everything that was left out, merged or restricted on the way is said in the report.
 */
import { MODALITIES, type PerModality } from "../core/modality.ts";
import type { Prediction } from "../core/prediction.ts";
import type { Manifest } from "../data/manifest.ts";
import { answerOf } from "../recognize/answer.ts";
import { furtherColumns } from "../recognize/columns.ts";
import type { Contract } from "../recognize/contract.ts";
import type { Opinion } from "../recognize/opinion.ts";
import type { Asked } from "./ask.ts";
import { evaluateMulti } from "./evaluate-multi.ts";
import { evaluateSingle, type Item } from "./evaluate-single.ts";
import type { EvaluateOptions, Evaluation } from "./evaluation.ts";
import { recognizerColumns } from "./recognizer-columns.ts";
import { checkFields, checkSubjects } from "./row-groups.ts";
import { inSpace, labelSpaceOf, rowLabels } from "./truth.ts";

export type { Circumstances, EvaluateOptions, Evaluation, Report, RowPrediction } from "./evaluation.ts";

/**
 * Evaluates one expert.
 *
 * @throws AffektError `data` if no row is left to evaluate, `usage` if no row has a field to group by, or a subject to
 *   draw by
 */
export function evaluateOpinions(
  asked: Asked<Opinion>,
  manifest: Manifest,
  contract: Contract,
  options: EvaluateOptions = {},
): Evaluation {
  checkFields(manifest.rows, options.groupBy ?? []);
  if (options.bySubject === true) checkSubjects(manifest.rows);
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
      ...(answer.weights === undefined ? {} : { weights: answer.weights }),
      ...furtherColumns(answer),
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
      trainedOn: options.trainedOn,
      caveats: contract.caveats,
    },
    options,
  );
}

/** Share of each modality in the fused answer, 0 for one that is missing. */
function weightsOf({ modalities }: Prediction): PerModality<number> {
  const shares = MODALITIES.flatMap((modality) => {
    const own = modalities[modality];
    return own === undefined ? [] : [[modality, own.present ? own.weight : 0] as const];
  });
  return Object.fromEntries(shares);
}

/**
 * Evaluates a whole recognizer, which answers with Ekman's seven.
 *
 * @throws AffektError `data` if no row is left to evaluate, `usage` if no row has a field to group by, or a subject to
 *   draw by
 */
export function evaluatePredictions(
  asked: Asked<Prediction>,
  manifest: Manifest,
  model: string,
  options: EvaluateOptions = {},
): Evaluation {
  checkFields(manifest.rows, options.groupBy ?? []);
  if (options.bySubject === true) checkSubjects(manifest.rows);
  const modelLabels = [
    ...new Set(asked.answers.flatMap(({ answer }) => answer.scores.map(({ label }) => label))),
  ].sort();
  // Where every row has one modality, each has the weight 1.
  const several = asked.answers.some(
    ({ answer }) => Object.values(answer.modalities).filter(({ present }) => present).length > 1,
  );
  const { said, sources } = recognizerColumns(asked.answers.map(({ answer }) => answer));
  const items = asked.answers.map(({ row, answer }, at): Item => {
    const columns = said[at];
    return {
      row,
      truth: [...new Set(rowLabels(row).map((label) => inSpace(label, "ekman7")))],
      scores: new Map(answer.scores.map(({ label, score }) => [label, score])),
      ...(several ? { weights: weightsOf(answer) } : {}),
      ...(columns === undefined ? {} : { columns }),
    };
  });
  return evaluateSingle(
    items,
    asked.skipped,
    manifest,
    { model, modelLabels, space: "ekman7", trainedOn: options.trainedOn, columns: sources },
    options,
  );
}
