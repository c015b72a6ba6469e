/**
 * Random splits that keep every subject on one side and the classes in proportion.
 *
 * Source: the greedy idea of iterative stratification, Sechidis et al. (2011), with groups in place of samples.
 */
import { AffektError } from "../core/errors.ts";
import { random, shuffle } from "../core/random.ts";
import { type Groups, groupCounter } from "./groups.ts";
import { type Row, SPLITS, type Split } from "./row.ts";
import { textKey } from "./text-key.ts";

export interface SplitOptions {
  /** Share of each split, in [0, 1]; what is not given gets none. Default .8, .1, .1. They are scaled to sum to 1. */
  readonly shares?: Readonly<Partial<Record<Split, number>>>;
  /** Default 0. */
  readonly seed?: number;
  /** What must stay together. Default: the subject; without one, the normalized text; without one, the row. */
  readonly group?: (row: Row) => string;
}

/** The subject; without one, the normalized text; without one, the row. */
export function defaultGroup(row: Row): string {
  if (row.subject !== undefined) return `subject ${row.subject}`;
  return row.text === undefined ? `row ${row.id}` : `text ${textKey(row.text)}`;
}

/**
 * Part of each group: 0 … shares.length - 1. Every part with a share gets at least one group.
 *
 * @throws AffektError `data` if there are fewer groups than such parts
 */
export function allot(groups: Groups, shares: readonly number[], seed: number): Int32Array {
  const sum = shares.reduce((total, share) => total + share, 0);
  const wanted = shares.filter((share) => share > 0).length;
  if (!(sum > 0) || shares.some((share) => !(share >= 0))) {
    throw new AffektError("data", `The shares ${shares.join(", ")} cannot be split by.`, "Give shares of 0 or more.");
  }
  if (groups.count === 0) {
    throw new AffektError(
      "data",
      "No row is left to be split: received none.",
      "Rows tagged test are for nothing else: tag others train. And see that the rows have what is read of them.",
    );
  }
  if (groups.count < wanted) {
    throw new AffektError(
      "data",
      `${groups.count} subjects cannot fill ${wanted} parts.`,
      "Ask for fewer parts, or add samples of other subjects.",
    );
  }
  const total = new Float64Array(groups.labels);
  for (let group = 0; group < groups.count; group++) {
    groups.each(group, (label, weight) => void (total[label]! += weight));
  }
  // How much of each class each part still wants, as a share of the class; then rare classes weigh as much as common.
  const need = shares.map((share) => new Float64Array(groups.labels).fill(share / sum));
  const room = shares.map((share) => (share / sum) * groups.rows);
  const filled = shares.map(() => false);
  const part = new Int32Array(groups.count);
  const order = shuffle(
    Int32Array.from({ length: groups.count }, (_, group) => group),
    random(seed),
  ).sort((a, b) => (groups.sizes[b] as number) - (groups.sizes[a] as number));
  const all = shares.flatMap((share, index) => (share > 0 ? [index] : []));
  for (const [at, group] of order.entries()) {
    const empty = all.filter((index) => filled[index] !== true);
    const candidates = order.length - at <= empty.length ? empty : all;
    let best = candidates[0] ?? 0;
    let bestGain = Number.NEGATIVE_INFINITY;
    for (const index of candidates) {
      const [needed, share] = [need[index] as Float64Array, (shares[index] as number) / sum];
      let gain = 0;
      groups.each(group, (label, weight) => {
        gain += (weight / (total[label] as number)) * ((needed[label] as number) / share);
      });
      if (gain > bestGain + 1e-12 || (gain > bestGain - 1e-12 && (room[index] ?? 0) > (room[best] ?? 0))) {
        best = index;
        bestGain = gain;
      }
    }
    part[group] = best;
    filled[best] = true;
    room[best] = (room[best] ?? 0) - (groups.sizes[group] as number);
    const left = need[best] as Float64Array;
    groups.each(group, (label, weight) => void (left[label]! -= weight / (total[label] as number)));
  }
  return part;
}

export interface SplitPlanner {
  /** Every row is shown once, in order. */
  see(row: Row): unknown;
  /**
   * Then every row can be asked for its split.
   *
   * @throws AffektError `data` if there are fewer subjects than splits
   */
  plan(): (row: Row) => Split;
}

/** Splits rows that nobody holds: they pass by twice. */
export function splitPlanner(options: SplitOptions = {}): SplitPlanner {
  const shares = options.shares ?? { train: 0.8, validation: 0.1, test: 0.1 };
  const counter = groupCounter(options.group ?? defaultGroup);
  return {
    see: counter.add,
    plan() {
      const parts = allot(
        counter.groups(),
        SPLITS.map((split) => shares[split] ?? 0),
        options.seed ?? 0,
      );
      return (row) => SPLITS[parts[counter.groupOf(row)] ?? 0] ?? "train";
    },
  };
}

/**
 * Sets `split` at random: no subject stands in two splits, classes keep their proportions as far as subjects allow.
 * The same rows, shares and seed give the same splits.
 *
 * @throws AffektError `data` if there are fewer subjects than splits
 */
export function splitBySubject(rows: readonly Row[], options: SplitOptions = {}): Row[] {
  const planner = splitPlanner(options);
  for (const row of rows) planner.see(row);
  const splitOf = planner.plan();
  return rows.map((row) => ({ ...row, split: splitOf(row) }));
}

/**
 * Fold (0 … folds - 1) of every row, no subject in two folds.
 *
 * @throws AffektError `data` if there are fewer subjects than folds
 */
export function foldsBySubject(
  rows: readonly Row[],
  folds: number,
  options: Omit<SplitOptions, "shares"> = {},
): Int32Array {
  if (!Number.isInteger(folds) || folds < 2) {
    throw new AffektError("data", `Expected at least 2 folds; received ${folds}.`, "Give a whole number of 2 or more.");
  }
  const counter = groupCounter(options.group ?? defaultGroup);
  for (const row of rows) counter.add(row);
  const parts = allot(counter.groups(), Array<number>(folds).fill(1), options.seed ?? 0);
  return Int32Array.from(rows, (row) => parts[counter.groupOf(row)] ?? 0);
}
