/**
 * What a lexicon of valences says of a sentence: words after a negation count the other way, words after an intensifier
 * more.
 *
 * Source: Hutto & Gilbert (2014), VADER, whose lexicon and constants these are.
 */

/** Word → valence in [-4, 4]. */
export type Lexicon = ReadonlyMap<string, number>;

/** @param text lines of `word TAB valence`, perhaps with more behind */
export function readLexicon(text: string): Lexicon {
  return new Map(
    text.split("\n").flatMap((line) => {
      const [word, valence] = line.split("\t");
      return word === undefined || valence === undefined ? [] : [[word.toLowerCase(), Number(valence)] as const];
    }),
  );
}

const NEGATION =
  /^(?:not?|never|none|nothing|without|hardly|(?:do|did|is|was|ca|would|does|could|wo|are|were|have)n'?t)$/u;
const INTENSIFIERS = new Set(["really", "very", "so", "extremely", "absolutely", "totally", "super", "incredibly"]);
/** Words before a word that may change it. */
const REACH = 3;
const NEGATED = -0.74;
const INTENSIFIED = 1.25;

/** Six numbers: total, what is good and what is bad in it, the strongest and the last word, and the length. */
export function valences(words: readonly string[], lexicon: Lexicon): number[] {
  let [good, bad, strongest, last] = [0, 0, 0, 0];
  for (const [at, word] of words.entries()) {
    let valence = lexicon.get(word);
    if (valence === undefined) continue;
    const before = words.slice(Math.max(0, at - REACH), at);
    if (before.some((other) => NEGATION.test(other))) valence *= NEGATED;
    if (before.some((other) => INTENSIFIERS.has(other))) valence *= INTENSIFIED;
    good += Math.max(0, valence);
    bad += Math.min(0, valence);
    if (Math.abs(valence) > Math.abs(strongest)) strongest = valence;
    last = valence;
  }
  const total = good + bad;
  const length = Math.sqrt(Math.max(1, words.length));
  return [total / Math.sqrt(total * total + 15), good / length, bad / length, strongest, last, length];
}
