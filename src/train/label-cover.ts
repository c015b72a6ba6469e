/** Whether the rows show a training all the labels that it is to tell apart. */
import { AffektError } from "../core/errors.ts";
import type { Manifest } from "../data/manifest.ts";
import { type Row, SPLITS } from "../data/row.ts";

/** Labels of the configuration that no row of a split has. */
export interface UncoveredLabels {
  readonly training: readonly string[];
  readonly validation: readonly string[];
}

function labelsOf({ label, labels, distribution = {} }: Row): readonly string[] {
  if (label !== undefined) return [label];
  return labels ?? Object.keys(distribution).filter((name) => (distribution[name] as number) > 0);
}

/**
 * @param data with its splits
 * @throws AffektError `data` if the training rows have fewer than two labels: everything would be right
 */
export function uncoveredLabels(labels: readonly string[], data: readonly Manifest[]): UncoveredLabels {
  const [training, validation] = SPLITS.map(
    (split) =>
      new Set(data.flatMap(({ rows }) => rows.filter((row) => row.split === split).flatMap((row) => labelsOf(row)))),
  ) as [Set<string>, Set<string>];
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
