/** Splits from a protocol that numbers the folds in which a row is tested. */
import { AffektError } from "../core/errors.ts";
import { random, shuffle } from "../core/random.ts";
import type { Row } from "./row.ts";

export interface FoldOptions {
  /** The fold to test on. */
  readonly fold: number;
  /** Extra field that holds each row's fold. Default "emoboxTestFold". */
  readonly field?: string;
  /** How many of the other subjects to select on, spread over the values of `stratify`. Default 2. */
  readonly validationSubjects?: number;
  /** Extra field to spread them over. Default "sex". */
  readonly stratify?: string;
  /** Default 0. The choice also depends on the fold. */
  readonly seed?: number;
}

/**
 * Sets `split`: the fold's rows are tested, some other subjects are for selection, the rest is for training.
 *
 * @throws AffektError `data` if no row is in the fold
 */
export function foldSplit(rows: readonly Row[], options: FoldOptions): Row[] {
  const { fold, field = "emoboxTestFold", validationSubjects = 2, stratify = "sex", seed = 0 } = options;
  const strata = new Map<string, string[]>();
  const seen = new Set<string>();
  let tested = 0;
  for (const row of rows) {
    if (row.extra[field] === fold) {
      tested++;
      continue;
    }
    if (row.subject === undefined || seen.has(row.subject)) continue;
    seen.add(row.subject);
    const stratum = String(row.extra[stratify] ?? "");
    strata.set(stratum, [...(strata.get(stratum) ?? []), row.subject]);
  }
  if (tested === 0 && rows.length > 0) {
    const folds = [...new Set(rows.map((row) => String(row.extra[field])))].sort().join(", ");
    throw new AffektError("data", `No row has ${field} ${fold}.`, `Choose one of ${folds}.`);
  }
  const generator = random(seed * 1_000 + fold);
  const queues = [...strata.keys()]
    .sort()
    .map((stratum) => shuffle([...(strata.get(stratum) ?? [])].sort(), generator));
  const chosen = new Set<string>();
  for (let turn = 0; chosen.size < validationSubjects && queues.some((queue) => queue.length > 0); turn++) {
    const subject = queues[turn % queues.length]?.pop();
    if (subject !== undefined) chosen.add(subject);
  }
  return rows.map((row) => ({
    ...row,
    split:
      row.extra[field] === fold
        ? "test"
        : row.subject !== undefined && chosen.has(row.subject)
          ? "validation"
          : "train",
  }));
}
