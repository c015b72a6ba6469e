/**
 * Random splits that keep every subject on one side and the classes in proportion.
 *
 * Source: the greedy idea of iterative stratification, Sechidis et al. (2011), with groups in place of samples.
 */
import { AffektError } from "../core/errors.ts";
import { random, shuffle } from "../core/random.ts";
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

function defaultGroup(row: Row): string {
  if (row.subject !== undefined) return `subject ${row.subject}`;
  return row.text === undefined ? `row ${row.id}` : `text ${textKey(row.text)}`;
}

function weights(row: Row): readonly (readonly [string, number])[] {
  if (row.label !== undefined) return [[row.label, 1]];
  if (row.labels !== undefined && row.labels.length > 0) return row.labels.map((label) => [label, 1]);
  if (row.distribution !== undefined) return Object.entries(row.distribution);
  return [["", 1]];
}

interface Group {
  readonly key: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly size: number;
}

function groupsOf(rows: readonly Row[], key: (row: Row) => string): Group[] {
  const groups = new Map<string, { key: string; counts: Map<string, number>; size: number }>();
  for (const row of rows) {
    const name = key(row);
    let group = groups.get(name);
    if (group === undefined) {
      group = { key: name, counts: new Map(), size: 0 };
      groups.set(name, group);
    }
    group.size++;
    for (const [label, weight] of weights(row)) group.counts.set(label, (group.counts.get(label) ?? 0) + weight);
  }
  return [...groups.values()];
}

/** Part of each group: 0 … shares.length - 1. Every part with a share gets at least one group. */
function allot(rows: readonly Row[], shares: readonly number[], options: SplitOptions): Map<string, number> {
  const groups = groupsOf(rows, options.group ?? defaultGroup);
  const sum = shares.reduce((total, share) => total + share, 0);
  const wanted = shares.filter((share) => share > 0).length;
  if (!(sum > 0) || shares.some((share) => !(share >= 0))) {
    throw new AffektError("data", `The shares ${shares.join(", ")} cannot be split by.`, "Give shares of 0 or more.");
  }
  if (groups.length < wanted) {
    throw new AffektError(
      "data",
      `${groups.length} subjects cannot fill ${wanted} parts.`,
      "Ask for fewer parts, or add samples of other subjects.",
    );
  }
  const total = new Map<string, number>();
  for (const { counts } of groups)
    for (const [label, count] of counts) total.set(label, (total.get(label) ?? 0) + count);
  // How much of each class each part still wants, as a share of the class; then rare classes weigh as much as common.
  const need = shares.map((share) => new Map([...total.keys()].map((label) => [label, share / sum])));
  const room = shares.map((share) => (share / sum) * rows.length);
  const filled = shares.map(() => false);
  const part = new Map<string, number>();
  const order = shuffle(groups, random(options.seed ?? 0)).sort((a, b) => b.size - a.size);
  for (const [at, group] of order.entries()) {
    const empty = shares.flatMap((share, index) => (share > 0 && filled[index] !== true ? [index] : []));
    const candidates = order.length - at <= empty.length ? empty : shares.flatMap((share, i) => (share > 0 ? [i] : []));
    let best = candidates[0] ?? 0;
    let bestGain = Number.NEGATIVE_INFINITY;
    for (const index of candidates) {
      let gain = 0;
      for (const [label, count] of group.counts) {
        gain += (count / (total.get(label) ?? 1)) * ((need[index]?.get(label) ?? 0) / ((shares[index] ?? 0) / sum));
      }
      if (gain > bestGain + 1e-12 || (gain > bestGain - 1e-12 && (room[index] ?? 0) > (room[best] ?? 0))) {
        best = index;
        bestGain = gain;
      }
    }
    part.set(group.key, best);
    filled[best] = true;
    room[best] = (room[best] ?? 0) - group.size;
    for (const [label, count] of group.counts) {
      const left = need[best];
      left?.set(label, (left.get(label) ?? 0) - count / (total.get(label) ?? 1));
    }
  }
  return part;
}

/**
 * Sets `split` at random: no subject stands in two splits, classes keep their proportions as far as subjects allow.
 * The same rows, shares and seed give the same splits.
 *
 * @throws AffektError `data` if there are fewer subjects than splits
 */
export function splitBySubject(rows: readonly Row[], options: SplitOptions = {}): Row[] {
  const shares = options.shares ?? { train: 0.8, validation: 0.1, test: 0.1 };
  const part = allot(
    rows,
    SPLITS.map((split) => shares[split] ?? 0),
    options,
  );
  const key = options.group ?? defaultGroup;
  return rows.map((row) => ({ ...row, split: SPLITS[part.get(key(row)) ?? 0] ?? "train" }));
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
  const part = allot(rows, Array<number>(folds).fill(1), options);
  const key = options.group ?? defaultGroup;
  return Int32Array.from(rows, (row) => part.get(key(row)) ?? 0);
}
