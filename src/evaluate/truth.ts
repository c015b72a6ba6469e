/** What a row of a manifest says is right, in the labels that are evaluated. */
import { EMOTIONS } from "../core/emotion.ts";
import { ekmanLabel } from "../core/labels.ts";
import type { Row } from "../data/row.ts";

/** The labels of a row, most likely first; empty if it has none. */
export function rowLabels(row: Row): readonly string[] {
  if (row.label !== undefined) return [row.label];
  if (row.labels !== undefined) return row.labels;
  if (row.distribution === undefined) return [];
  const [top] = Object.entries(row.distribution).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return top === undefined ? [] : [top[0]];
}

/** How labels of model and manifest are brought together. */
export type LabelSpace = "as-trained" | "ekman7";

const ekman: readonly string[] = EMOTIONS;

/**
 * As trained, if the model knows each label that occurs; but a manifest of Ekman's seven asks a model of finer labels
 * for Ekman's seven.
 */
export function labelSpaceOf(modelLabels: readonly string[], occurring: readonly string[]): LabelSpace {
  const isEkman = occurring.every((label) => ekman.includes(label));
  const isFiner = modelLabels.some((label) => !ekman.includes(label));
  return occurring.every((label) => modelLabels.includes(label)) && !(isEkman && isFiner) ? "as-trained" : "ekman7";
}

/** The name of a label in a space. */
export function inSpace(label: string, space: LabelSpace): string {
  return space === "as-trained" ? label : (ekmanLabel(label) ?? label);
}

/** The label of a row as one word: several labels are joined by `+`, in order of name. */
export function truthOf({ truth }: { readonly truth: readonly string[] }): string {
  return truth.length === 1 ? (truth[0] as string) : [...truth].sort().join("+");
}
