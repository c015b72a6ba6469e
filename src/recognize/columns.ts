/** Further columns that a multi-task head answers beside the label: from what the network says to numbers and scores. */
import type { FurtherColumns, Scores } from "../core/prediction.ts";
import { calibrated } from "./calibrate.ts";
import type { Contract } from "./contract.ts";
import { type Opinion, sortedScores } from "./opinion.ts";

type Column = NonNullable<Contract["columns"]>[number];

/** Numbers that the network answers a row. */
export const columnSize = ({ values }: Pick<Column, "values">): number => values?.length ?? 1;

/** From standardized to the unit of the training rows. */
const inItsUnit = (standardized: number, { mean = 0, deviation = 1 }: Column): number =>
  standardized * deviation + mean;

/** As it stands in a prediction; nothing where the model answers no column. */
export function furtherColumns({ contract, columns: said }: Pick<Opinion, "contract" | "columns">): {
  readonly columns?: FurtherColumns;
} {
  if (said === undefined) return {};
  const numbers: Record<string, number> = {};
  const categories: Record<string, Scores> = {};
  for (const [at, column] of (contract.columns ?? []).entries()) {
    const own = said[at] as Float32Array;
    if (column.values === undefined) numbers[column.field] = inItsUnit(own[0] as number, column);
    else categories[column.field] = sortedScores(column.values, calibrated(own));
  }
  return {
    columns: {
      ...(Object.keys(numbers).length > 0 ? { numbers } : {}),
      ...(Object.keys(categories).length > 0 ? { categories } : {}),
    },
  };
}
