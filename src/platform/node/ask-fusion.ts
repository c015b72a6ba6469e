/** Asks a fusion network about rows that have ready-made features in place of media. */
import { AffektError } from "../../core/errors.ts";
import type { Modality, PerModality } from "../../core/modality.ts";
import type { Session } from "../../core/ports.ts";
import { parseLocator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import { joinPath } from "../../data/paths.ts";
import type { Row } from "../../data/row.ts";
import type { Asked, Skipped } from "../../evaluate/ask.ts";
import { columnSize } from "../../recognize/columns.ts";
import type { FusionContract } from "../../recognize/contract.ts";
import type { Opinion } from "../../recognize/opinion.ts";
import { HELD_BYTES } from "../../train/bounded-reader.ts";
import { findFeatures, npyOpener } from "../../train/tasks/feature-rows.ts";
import { standardizedBySubject } from "../../train/tasks/feature-statistics.ts";
import type { FeaturePorts } from "../../train/tasks/fusion-config.ts";
import { fusionSet } from "../../train/tasks/fusion-set.ts";
import { fusionAnswers } from "../../train/tasks/fusions.ts";

function missing(row: Row, modalities: readonly Modality[]): Skipped {
  const reason = `Row ${row.id} has no features of ${modalities.join(", ")}.`;
  return { id: row.id, code: "manifest", reason };
}

/**
 * @param given what the network is shown; all that it knows by default. A row that has none of it is skipped, but its
 *   neighbours in a conversation still see it as it is.
 * @throws AffektError `data` if no row has features of a modality that the network knows, or of another shape
 */
export async function askFusion(
  session: Session,
  contract: FusionContract,
  rows: readonly Row[],
  { base }: Pick<Manifest, "base">,
  { files, heldBytes = HELD_BYTES }: FeaturePorts,
  given?: readonly Modality[],
): Promise<Asked<Opinion>> {
  const { features: layout, utterances, normalization, order } = contract.input;
  const known = layout.map(({ modality }) => modality);
  const has = (row: Row, wanted: readonly Modality[]): boolean =>
    wanted.some((modality) => row.features?.[modality] !== undefined);
  const usable = rows.filter((row) => has(row, known));
  const skipped = rows.filter((row) => !has(row, known)).map((row) => missing(row, known));
  const absent = known.find((modality) => !usable.some((row) => row.features?.[modality] !== undefined));
  if (absent !== undefined) {
    throw new AffektError(
      "data",
      `No row has ${absent} features, which ${contract.id} was trained with.`,
      "Evaluate it on rows like those that it was trained on.",
    );
  }
  // Labels are not looked at here, and rows may have some that the network lacks.
  const [label = ""] = contract.labels;
  const unlabelled = usable.map(({ labels: _labels, distribution: _distribution, ...row }) => ({
    base,
    row: { ...row, label },
  }));
  const { labels } = contract;
  const raw = { labels, modalities: known, utterances, order };
  const loaded = fusionSet(unlabelled, await findFeatures(unlabelled, known, npyOpener(files)), raw, heldBytes);
  const misfit = layout.find(
    ({ dim, steps }, at) => loaded.layout[at]?.dim !== dim || loaded.layout[at]?.steps !== steps,
  );
  if (misfit !== undefined) {
    const size = (one: { dim?: number; steps?: number | undefined } = {}): string =>
      `${one.dim} numbers${one.steps === undefined ? "" : `, ${one.steps} to a row`}`;
    const { modality } = misfit;
    const first = usable.find((row) => row.features?.[modality] !== undefined)?.features?.[modality] ?? "";
    const received = loaded.layout.find((one) => one.modality === modality);
    throw new AffektError(
      "data",
      `The ${modality} features of the rows (${joinPath(base, parseLocator(first).path)}) have another shape than those ` +
        `that ${contract.id} was trained with: vectors of ${size(received)}; expected ${size(misfit)}.`,
      "Give it features that were made in the same way.",
    );
  }
  const set = normalization === "subject" ? await standardizedBySubject(loaded) : loaded;
  const network = { layout: loaded.layout, utterances };
  const { outputs, columns = [] } = contract;
  const sizes = {
    [outputs.logits]: labels.length,
    ...(outputs.weights === undefined ? {} : { [outputs.weights]: known.length }),
    ...Object.fromEntries(columns.map((column) => [column.output, columnSize(column)])),
  };
  const said = await fusionAnswers(session, set, { network }, sizes, given);
  const own = (output: string, row: number): Float32Array => {
    const size = sizes[output] as number;
    return (said[output] as Float32Array).slice(row * size, (row + 1) * size);
  };
  /** Of the modalities, in order of the columns of `presence`. */
  const weightsOf = (output: string, row: number): PerModality<number> => {
    const weights = own(output, row);
    return Object.fromEntries(known.map((modality, column) => [modality, weights[column] as number]));
  };
  const answers: { row: Row; answer: Opinion }[] = [];
  for (const [index, row] of usable.entries()) {
    if (given !== undefined && !has(row, given)) skipped.push(missing(row, given));
    else {
      const weights = outputs.weights === undefined ? {} : { weights: weightsOf(outputs.weights, index) };
      const further = columns.length === 0 ? {} : { columns: columns.map(({ output }) => own(output, index)) };
      answers.push({
        row,
        answer: { contract, logits: own(outputs.logits, index), quality: 1, ...weights, ...further },
      });
    }
  }
  return { answers, skipped };
}
