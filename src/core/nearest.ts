/** What a mistyped name was meant for. */

/** Letters to put in, take out, change or swap with their neighbour between two words (Damerau 1964). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let at = 0; at < a.length; at++) {
    const next = [at + 1];
    for (let column = 0; column < b.length; column++) {
      const changed = (row[column] as number) + (a[at] === b[column] ? 0 : 1);
      const swapped =
        at > 0 && column > 0 && a[at] === b[column - 1] && a[at - 1] === b[column]
          ? (before[column - 1] as number) + 1
          : changed;
      next.push(Math.min(changed, swapped, (row[column + 1] as number) + 1, (next[column] as number) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] as number;
}

const lettersOf = (word: string): string => [...word].sort().join("");

/**
 * The name that a slip was meant for: no more than one slip for every three letters. In a shorter name any slip makes
 * another one (`lr` is not `l1`), but for two letters that were swapped, or their case.
 */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const typed = name.toLowerCase();
  const most = Math.floor(typed.length / 3);
  return names
    .map((known) => ({ known, word: known.toLowerCase(), steps: distance(typed, known.toLowerCase()) }))
    .filter(({ word, steps }) => steps <= most || (steps === 1 && lettersOf(word) === lettersOf(typed)))
    .sort((a, b) => a.steps - b.steps)[0]?.known;
}
