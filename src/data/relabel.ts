/** Rows in the labels that a model answers with. */
import { type EkmanOptions, ekmanLabel } from "../core/labels.ts";
import type { Row } from "./row.ts";

/** A label of the model, or undefined for a label that it does not know. */
export type LabelMap = (label: string) => string | undefined;

/** GoEmotions' 28, Plutchik's and all aliases to Ekman's seven. */
export function toEkman(options: EkmanOptions = {}): LabelMap {
  return (label) => ekmanLabel(label, options);
}

/**
 * One row in other labels. Of several labels those without a counterpart fall away; shares of a distribution that meet
 * in one label add up, and the rest is scaled to sum to 1.
 *
 * @returns undefined if no label is left
 */
export function relabelRow<R extends Row>(row: R, map: LabelMap): R | undefined {
  if (row.label !== undefined) {
    const label = map(row.label);
    return label === undefined ? undefined : { ...row, label };
  }
  if (row.labels !== undefined) {
    const labels = [...new Set(row.labels.map(map))].filter((label) => label !== undefined);
    return labels.length === 0 ? undefined : { ...row, labels };
  }
  if (row.distribution === undefined) return undefined;
  const shares = new Map<string, number>();
  let sum = 0;
  for (const [name, share] of Object.entries(row.distribution)) {
    const label = map(name);
    if (label === undefined) continue;
    shares.set(label, (shares.get(label) ?? 0) + share);
    sum += share;
  }
  if (sum === 0) return undefined;
  return { ...row, distribution: Object.fromEntries([...shares].map(([label, share]) => [label, share / sum])) };
}

/** All rows that still have a label. */
export function relabel<R extends Row>(rows: readonly R[], map: LabelMap): R[] {
  return rows.flatMap((row) => relabelRow(row, map) ?? []);
}
