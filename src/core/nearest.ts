/** What a mistyped name was meant for. */

/** Letters to put in, take out or change between two words (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...a].entries()) {
    const next = [at + 1];
    for (let column = 0; column < b.length; column++) {
      const changed = (row[column] as number) + (letter === b[column] ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] as number) + 1, (next[column] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** The name that a slip was meant for: no more than a third of its letters away, rounded up. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const far = ([, steps]: readonly [string, number]): boolean => steps <= Math.ceil(name.length / 3);
  return names
    .map((known) => [known, distance(name.toLowerCase(), known.toLowerCase())] as const)
    .filter(far)
    .sort((a, b) => a[1] - b[1])[0]?.[0];
}
