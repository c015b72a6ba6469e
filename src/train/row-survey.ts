/**
 * What a training has to know of its rows before it goes over them: their hash, which split each is in or may be put
 * into, and which labels they have. About 15 bytes a row, and no row.
 */
import { growing } from "../core/growing.ts";
import type { TextHash } from "../core/ports.ts";
import { isPaired } from "../data/caveats.ts";
import { type GroupCounter, groupCounter } from "../data/groups.ts";
import { createHashIndex } from "../data/hash-index.ts";
import { type Row, SPLITS, type Split } from "../data/row.ts";
import { allot, defaultGroup } from "../data/split.ts";
import { labelsOf } from "./label-cover.ts";
import { type RowsHasher, rowsHasher } from "./sources.ts";

/** Number of "in no split"; the others are one more than their place among `SPLITS`. */
const NONE = 0;
const numberOf = (split: Split | undefined): number => (split === undefined ? NONE : SPLITS.indexOf(split) + 1);
const [TRAIN, VALIDATION] = [numberOf("train"), numberOf("validation")];

export interface SurveyedSource {
  /** As `rowsHash` of its rows. */
  readonly hash: string;
  readonly rows: number;
  /** Whether rows say that they were composed. */
  readonly paired: boolean;
}

/** Splits of all rows, of all sources in order. */
export interface Splits {
  at(row: number): Split | undefined;
  /** How many of the rows from `first` up to `end` are in a split. */
  count(split: Split, first: number, end: number): number;
  /** Labels of the rows in a split. */
  labels(split: Split): ReadonlySet<string>;
  /** Whether the subject of a row stands in several splits. */
  leaks(row: number): boolean;
  readonly leaking: boolean;
}

export interface RowSurvey {
  see(row: Row, json: string): void;
  /** The rows of the source so far are all. */
  endSource(): SurveyedSource;
  /** As `withValidation` splits them. @throws AffektError `data` if there is only one subject */
  validated(share: number, seed: number): Splits;
  /** As `withFold` splits them. @throws AffektError `data` if there are fewer subjects than folds */
  folded(fold: number, folds: number, seed: number): Splits;
}

const int32 = (length: number) => new Int32Array(length);

/** @param forFolds whether `folded` will be asked for, and not `validated` */
export function rowSurvey(textHash: () => TextHash, sha256: (text: string) => string, forFolds: boolean): RowSurvey {
  const given = growing((length) => new Uint8Array(length));
  const [subjects, labelSets] = [growing(int32), growing(int32)];
  const subjectNumbers = createHashIndex();
  const setNumbers = new Map<string, number>();
  const sets: (readonly string[])[] = [];
  let source: { readonly hash: RowsHasher; first: number; paired: boolean } | undefined;
  /** Whether any row is in a split: then the others are in none, and else all are for training. */
  let [tagged, validation] = [false, false];
  /** Of the rows that may be put into another split; undefined where none is. */
  let counter: GroupCounter | undefined = groupCounter(defaultGroup);
  let groups = growing(int32);

  const isAtHand = (split: number): boolean =>
    tagged ? split === TRAIN || (forFolds && split === VALIDATION) : split === NONE;

  function count(row: Row, split: number): void {
    if (split !== NONE && !tagged) {
      tagged = true;
      [counter, groups] = [groupCounter(defaultGroup), growing(int32)];
    }
    validation ||= split === VALIDATION;
    if (validation && !forFolds) counter = undefined;
    if (counter !== undefined && isAtHand(split)) groups.push(counter.add(row));
  }

  function resplit(shares: readonly number[], seed: number, splitOf: (part: number) => number): Splits {
    const parts = counter === undefined ? new Int32Array(0) : allot(counter.groups(), shares, seed);
    const splits = given.all().slice();
    let next = 0;
    for (const [row, split] of splits.entries()) {
      if (isAtHand(split)) splits[row] = splitOf(parts[groups.at(next++)] as number);
    }
    return splitsOf(splits);
  }

  function splitsOf(splits: Uint8Array): Splits {
    const masks = new Uint8Array(subjectNumbers.size);
    let leaking = false;
    for (const [row, split] of splits.entries()) {
      const subject = subjects.at(row);
      if (subject < 0 || split === NONE) continue;
      masks[subject]! |= 1 << split;
      leaking ||= isSeveral(masks[subject] as number);
    }
    return {
      at: (row) => SPLITS[(splits[row] as number) - 1],
      leaks: (row) => subjects.at(row) >= 0 && isSeveral(masks[subjects.at(row)] as number),
      leaking,
      count: (split, first, end) =>
        splits.subarray(first, end).reduce((sum, own) => sum + (own === numberOf(split) ? 1 : 0), 0),
      labels(split) {
        const seen = new Set<number>();
        for (const [row, own] of splits.entries()) if (own === numberOf(split)) seen.add(labelSets.at(row));
        return new Set([...seen].flatMap((set) => sets[set] as readonly string[]));
      },
    };
  }

  return {
    see(row, json) {
      source ??= { hash: rowsHasher(textHash, sha256), first: given.length(), paired: false };
      source.hash.add(json);
      source.paired ||= isPaired(row);
      const split = numberOf(row.split);
      given.push(split);
      count(row, split);
      if (row.subject === undefined) subjects.push(-1);
      else {
        const known = subjectNumbers.add(row.subject, subjectNumbers.size);
        subjects.push(known < 0 ? subjectNumbers.size - 1 : known);
      }
      const labels = labelsOf(row);
      const key = JSON.stringify(labels);
      const known = setNumbers.get(key);
      labelSets.push(known ?? sets.length);
      if (known === undefined) {
        setNumbers.set(key, sets.length);
        sets.push(labels);
      }
    },
    endSource() {
      const { hash, first, paired } = source ?? {
        hash: rowsHasher(textHash, sha256),
        first: given.length(),
        paired: false,
      };
      source = undefined;
      return { hash: hash.hex(), rows: given.length() - first, paired };
    },
    validated(share, seed) {
      if (validation) return splitsOf(given.all());
      const shares = SPLITS.map((split) => ({ train: 1 - share, validation: share, test: 0 })[split]);
      return resplit(shares, seed, (part) => part + 1);
    },
    folded: (fold, folds, seed) =>
      resplit(Array<number>(folds).fill(1), seed, (part) => (part === fold - 1 ? VALIDATION : TRAIN)),
  };
}

function isSeveral(mask: number): boolean {
  return (mask & (mask - 1)) !== 0;
}
