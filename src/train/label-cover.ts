/** Whether the rows show a training all the labels that it is to tell apart. */
import { AffektError } from "../core/errors.ts";
import type { Manifest } from "../data/manifest.ts";
import type { Row, Split } from "../data/row.ts";

/** Labels of the configuration that no row of a split has. */
export interface UncoveredLabels {
  readonly training: readonly string[];
  readonly validation: readonly string[];
}

/** Names of the labels that a row has any share of. */
export function labelsOf({ label, labels, distribution = {} }: Row): readonly string[] {
  if (label !== undefined) return [label];
  return labels ?? Object.keys(distribution).filter((name) => (distribution[name] as number) > 0);
}

/**
 * @param data with its splits
 * @throws AffektError `data` if the training rows have fewer than two labels: everything would be right
 */
export function uncoveredLabels(labels: readonly string[], data: readonly Manifest[]): UncoveredLabels {
  const labelsIn = (split: Split) =>
    new Set(data.flatMap(({ rows }) => rows.filter((row) => row.split === split).flatMap((row) => labelsOf(row))));
  return uncoveredBy(labels, labelsIn("train"), labelsIn("validation"));
}

/** As `uncoveredLabels`, by the labels that the rows of the two splits have. @throws AffektError `data` */
export function uncoveredBy(
  labels: readonly string[],
  training: ReadonlySet<string>,
  validation: ReadonlySet<string>,
): UncoveredLabels {
  const known = labels.filter((label) => training.has(label));
  if (known.length === 1 && training.size === 1) {
    throw new AffektError(
      "data",
      `All training rows have the label ${known[0]}; expected rows of at least two of ${labels.join(", ")}.`,
      "Add rows of other labels, or look at the column of labels: there is nothing to tell apart.",
    );
  }
  const lackedBy = (present: ReadonlySet<string>): string[] => labels.filter((label) => !present.has(label));
  return { training: lackedBy(training), validation: lackedBy(validation) };
}
