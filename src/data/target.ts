/** A row's label as the vector that a loss compares with. */
import { AffektError } from "../core/errors.ts";
import { canonicalLabel } from "../core/labels.ts";
import { nearest } from "../core/nearest.ts";
import type { Row } from "./row.ts";

const LABEL_FIELDS = ["label", "labels", "distribution"];

/** A row without a label, with the fields that it has: one of them may be mistyped. */
function unlabelled({ id, extra, ...known }: Row): AffektError {
  const slips = Object.keys(extra).flatMap((field) => {
    const meant = nearest(field, LABEL_FIELDS);
    return meant === undefined ? [] : [`${field} may be meant for ${meant}`];
  });
  const fields = ["id", ...Object.keys(known), ...Object.keys(extra)].join(", ");
  return new AffektError(
    "label",
    `Row ${id} has no label; its fields are ${fields}${slips.length === 0 ? "" : `: ${slips.join(", ")}`}.`,
    "Rename the field to label, or leave unlabelled rows out of training.",
  );
}

function hint(label: string, labels: readonly string[]): string {
  // Rows are read by the names of the vocabulary, whatever they said.
  const alias = labels.find((name) => canonicalLabel(name) === label);
  if (alias !== undefined) {
    return `Write ${label} for ${alias} in the labels of the configuration: rows that say ${alias} have that label.`;
  }
  const meant = nearest(label, labels);
  const slip = meant === undefined ? "" : `: ${JSON.stringify(label)} may be meant for ${meant}`;
  return `Add it to the labels of the configuration, or let the rows name one of them${slip}.`;
}

/**
 * One label: a one at its place. A distribution: its shares. Several labels: a one at the place of each, so the sum may
 * exceed 1 (divide by it for a softmax).
 *
 * @param labels in the order of the model's answers
 * @param into `[labels]`, zeroed first; a new array by default
 * @throws AffektError `label` if the row has no label, or one that is not among `labels`
 */
export function targetVector(
  row: Row,
  labels: readonly string[],
  into: Float32Array = new Float32Array(labels.length),
): Float32Array {
  into.fill(0);
  const shares: Iterable<readonly [string, number]> =
    row.label !== undefined
      ? [[row.label, 1]]
      : row.labels !== undefined
        ? row.labels.map((label) => [label, 1] as const)
        : Object.entries(row.distribution ?? {});
  let any = false;
  for (const [label, share] of shares) {
    const at = labels.indexOf(label);
    if (at < 0) {
      throw new AffektError(
        "label",
        `Row ${row.id} has the label ${JSON.stringify(label)}; expected one of ${labels.join(", ")}.`,
        hint(label, labels),
      );
    }
    into[at] = share;
    any = true;
  }
  if (!any) throw unlabelled(row);
  return into;
}
