/** How much each modality counted in the answers of a fusion that tells, on average and by the label of the rows. */
import { MODALITIES, type Modality, type PerModality } from "../core/modality.ts";

/** Shares of the modalities in answers, averaged over rows; a modality that a row lacks counts as 0. */
export interface MeanWeights {
  readonly n: number;
  readonly weights: PerModality<number>;
}

export interface ModalityWeights extends MeanWeights {
  /** By the true label of the rows. */
  readonly perLabel: Readonly<Record<string, MeanWeights>>;
}

interface WeighedRow {
  readonly label: string;
  /** Absent where the model does not tell. */
  readonly weights?: PerModality<number> | undefined;
}

function meanOf(rows: readonly PerModality<number>[], modalities: readonly Modality[]): MeanWeights {
  const mean = (modality: Modality): number =>
    rows.reduce((total, weights) => total + (weights[modality] ?? 0), 0) / rows.length;
  return { n: rows.length, weights: Object.fromEntries(modalities.map((modality) => [modality, mean(modality)])) };
}

/** @returns undefined if no row has weights */
export function meanWeights(rows: readonly WeighedRow[], labels: readonly string[]): ModalityWeights | undefined {
  const weighed = rows.flatMap(({ label, weights }) => (weights === undefined ? [] : [{ label, weights }]));
  if (weighed.length === 0) return undefined;
  const modalities = MODALITIES.filter((modality) => weighed.some(({ weights }) => weights[modality] !== undefined));
  const of = (label?: string): MeanWeights =>
    meanOf(
      weighed.filter((row) => label === undefined || row.label === label).map(({ weights }) => weights),
      modalities,
    );
  const occurring = labels.filter((label) => weighed.some((row) => row.label === label));
  return { ...of(), perLabel: Object.fromEntries(occurring.map((label) => [label, of(label)])) };
}
