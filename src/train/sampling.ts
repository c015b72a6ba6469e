/**
 * Which rows an epoch trains on, and in which order. Every sampling draws as many rows as there are, so an epoch has
 * the same length; a balanced one repeats rows of small groups and leaves out rows of large ones, others each epoch.
 */
import { AffektError } from "../core/errors.ts";
import { type Random, shuffle } from "../core/random.ts";

export const SAMPLINGS = ["shuffled", "class-balanced", "subject-balanced"] as const;

export type Sampling = (typeof SAMPLINGS)[number];

/** What a sampling may look at. */
export interface Drawable {
  readonly rows: number;
  /** Index of the label of each row. */
  readonly labels: ArrayLike<number>;
  /** Number of the subject of each row, where the rows have subjects. */
  readonly subjects?: ArrayLike<number>;
}

/** Numbers names in order of their first appearance; undefined if any is missing. */
export function numbered(names: readonly (string | undefined)[]): Int32Array | undefined {
  const known = new Map<string, number>();
  const out = new Int32Array(names.length);
  for (const [row, name] of names.entries()) {
    if (name === undefined) return undefined;
    const number = known.get(name) ?? known.size;
    known.set(name, number);
    out[row] = number;
  }
  return out;
}

/** Every row of `rows` once, in random order. */
function shuffled(rows: Int32Array, random: Random): Int32Array {
  return shuffle(rows.slice(), random);
}

/**
 * Groups take turns, in another order each round; within a group every row comes once before any comes again. So
 * group sizes in the result differ by one at most.
 */
export function balanced(rows: Int32Array, groupOf: ArrayLike<number>, random: Random): Int32Array {
  const members = new Map<number, number[]>();
  for (const row of rows) {
    const group = groupOf[row] as number;
    const list = members.get(group);
    if (list) list.push(row);
    else members.set(group, [row]);
  }
  const groups = [...members.values()].map((list) => ({ list: shuffle(list, random), next: 0 }));
  const out = new Int32Array(rows.length);
  for (let at = 0; at < out.length; ) {
    for (const group of shuffle(groups, random)) {
      if (at === out.length) break;
      if (group.next === group.list.length) {
        shuffle(group.list, random);
        group.next = 0;
      }
      out[at++] = group.list[group.next++] as number;
    }
  }
  return out;
}

/**
 * @param among the rows to draw from; all by default
 * @returns as many rows as `among` holds
 * @throws AffektError `config` if subjects are to be balanced and rows have none
 */
export function drawRows(
  sampling: Sampling,
  { rows, labels, subjects }: Drawable,
  random: Random,
  among: Int32Array = Int32Array.from({ length: rows }, (_, row) => row),
): Int32Array {
  if (sampling === "shuffled") return shuffled(among, random);
  if (sampling === "class-balanced") return balanced(among, labels, random);
  if (subjects !== undefined) return balanced(among, subjects, random);
  throw new AffektError(
    "config",
    "Subjects cannot be balanced: the training rows have no subject.",
    'Use "sampling": "class-balanced" or "shuffled", or add a subject to every row.',
  );
}
