/** Training rows of which none differs from the others in what a network sees of them. */
import { AffektError } from "../../core/errors.ts";

/** Whether all that was seen so far is the same. */
export interface Alike {
  /** @param parts of what a network sees of one row; they may be overwritten afterwards */
  see(...parts: readonly ArrayLike<number>[]): void;
  /** @throws AffektError `data` if there was more than one row, and all were the same */
  check(): void;
}

function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  // Missing numbers are the same as each other.
  for (let at = 0; at < a.length; at++) if (!Object.is(a[at], b[at])) return false;
  return true;
}

/**
 * @param things that the rows have, such as `texts`
 * @param causes what such rows are most often, such as `empty`
 */
export function allAlike(things: string, causes: string): Alike {
  let first: Float64Array[] | undefined;
  let rows = 0;
  let differ = false;
  return {
    see(...parts) {
      rows++;
      if (differ) return;
      // Most rows differ in what comes first: little is ever compared.
      if (first === undefined) first = parts.map((part) => Float64Array.from(part));
      else differ = parts.some((part, at) => !same(part, first?.[at] ?? []));
    },
    check() {
      if (rows < 2 || differ) return;
      throw new AffektError(
        "data",
        `All ${rows} training ${things} look the same to the network: there is nothing that labels could be told by.`,
        `See whether they are ${causes}, or the features of the configuration leave nothing of them.`,
      );
    },
  };
}
