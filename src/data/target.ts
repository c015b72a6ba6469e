/** A row's label as the vector that a loss compares with. */
import { AffektError } from "../core/errors.ts";
import type { Row } from "./row.ts";

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
        "Map the labels first: relabel(rows, toEkman()).",
      );
    }
    into[at] = share;
    any = true;
  }
  if (!any) throw new AffektError("label", `Row ${row.id} has no label.`, "Leave unlabelled rows out of training.");
  return into;
}
