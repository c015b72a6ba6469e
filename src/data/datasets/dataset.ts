/** What a data set's preparation is: how its own files become manifest rows, and on what terms. */
import type { Label } from "../../core/labels.ts";
import type { Modality } from "../../core/modality.ts";
import type { Files } from "../../core/ports.ts";
import type { Terms } from "../manifest.ts";
import { checkRow, type Problem, type Row, type Split } from "../row.ts";

export interface PrepareOptions {
  /** Which fold is the test split, where the protocol has folds. Default 1. */
  readonly fold?: number;
}

export interface PrepareContext {
  /** Opened at the data set's folder. */
  readonly files: Files;
  /** Another data set of the same root, needed to remove its test rows; undefined if it is not there. */
  readonly sibling: (name: string) => Promise<Files | undefined>;
  readonly options: PrepareOptions;
}

export interface Prepared {
  readonly rows: readonly Row[];
  /** What was left out, and why. */
  readonly problems: readonly Problem[];
}

export interface Dataset {
  readonly name: string;
  readonly title: string;
  /** Where it usually lies below a data root. */
  readonly folder: string;
  /** A file that a folder of this data set has. */
  readonly landmark: string;
  readonly version: string;
  readonly modalities: readonly Modality[];
  readonly languages: readonly string[];
  readonly labels: readonly Label[];
  readonly licence: string;
  readonly terms: Terms;
  readonly source: string;
  readonly citation?: string;
  /** Rows per split of the whole set after the cleaning described in the file. */
  readonly counts: Readonly<Partial<Record<Split, number>>>;
  prepare(context: PrepareContext): Promise<Prepared>;
}

/** Gathers rows in the making: the same checks as rows from outside, the same reports. */
export function rowCollector(): {
  add(row: Record<string, unknown>, from: { file: string; line: number }): Row | undefined;
  drop(problem: Problem): void;
  readonly rows: Row[];
  readonly problems: Problem[];
} {
  const rows: Row[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  return {
    rows,
    problems,
    drop: (problem) => void problems.push(problem),
    add(record, from) {
      const checked = checkRow(record);
      if ("problem" in checked) {
        problems.push({ ...from, ...checked.problem });
        return undefined;
      }
      const { row } = checked;
      if (seen.has(row.id)) {
        problems.push({ ...from, code: "duplicate-id", id: row.id, reason: "repeats an id" });
        return undefined;
      }
      seen.add(row.id);
      rows.push(row);
      return row;
    },
  };
}
