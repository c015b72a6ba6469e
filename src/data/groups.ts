/**
 * Rows counted by group (a subject, mostly) and label, in columns of numbers: about 50 bytes a group, so that a million
 * groups fit where a million objects would not.
 */
import { growing } from "../core/growing.ts";
import { createHashIndex } from "./hash-index.ts";
import type { Row } from "./row.ts";

/** What is known of the groups, numbered in order of first appearance. */
export interface Groups {
  readonly count: number;
  readonly rows: number;
  /** How many labels there are, numbered in order of first appearance. */
  readonly labels: number;
  /** Rows per group. */
  readonly sizes: Int32Array;
  /** Calls back with each label of a group and how often it occurs there, in order of first appearance. */
  each(group: number, visit: (label: number, weight: number) => void): void;
}

const int32 = (length: number) => new Int32Array(length);
const float64 = (length: number) => new Float64Array(length);
const NONE = -1;

/** A label's share of its row; a row without a label counts as one of a nameless label. */
function weights(row: Row): readonly (readonly [string, number])[] {
  if (row.label !== undefined) return [[row.label, 1]];
  if (row.labels !== undefined && row.labels.length > 0) return row.labels.map((label) => [label, 1]);
  if (row.distribution !== undefined) return Object.entries(row.distribution);
  return [["", 1]];
}

export interface GroupCounter {
  /** @returns number of the row's group */
  add(row: Row): number;
  /** Number of the row's group, or -1. */
  groupOf(row: Row): number;
  groups(): Groups;
}

/** @param key names the group of a row */
export function groupCounter(key: (row: Row) => string): GroupCounter {
  const index = createHashIndex();
  const numbers = new Map<string, number>();
  const [sizes, first, last] = [growing(int32), growing(int32), growing(int32)];
  // The labels of a group are a chain of entries.
  const [label, weight, next] = [growing(int32), growing(float64), growing(int32)];
  let rows = 0;

  function count(group: number, name: string, share: number): void {
    const known = numbers.get(name);
    const number = known ?? numbers.size;
    if (known === undefined) numbers.set(name, number);
    for (let entry = first.at(group); entry !== NONE; entry = next.at(entry)) {
      if (label.at(entry) !== number) continue;
      weight.put(entry, weight.at(entry) + share);
      return;
    }
    const entry = label.push(number);
    weight.push(share);
    next.push(NONE);
    if (first.at(group) === NONE) first.put(group, entry);
    else next.put(last.at(group), entry);
    last.put(group, entry);
  }

  return {
    add(row) {
      const known = index.add(key(row), sizes.length());
      const group = known === -1 ? sizes.push(0) : known;
      if (known === -1) {
        first.push(NONE);
        last.push(NONE);
      }
      rows++;
      sizes.put(group, sizes.at(group) + 1);
      for (const [name, share] of weights(row)) count(group, name, share);
      return group;
    },
    groupOf: (row) => index.get(key(row)),
    groups: () => ({
      count: sizes.length(),
      rows,
      labels: numbers.size,
      sizes: sizes.all(),
      each(group, visit) {
        for (let entry = first.at(group); entry !== NONE; entry = next.at(entry)) {
          visit(label.at(entry), weight.at(entry));
        }
      },
    }),
  };
}
