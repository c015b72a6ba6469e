/**
 * Slips of the keyboard in English: a word that the tokenizer does not know whole, one slip away from a word that it does, is
 * read as that word.
 *
 * Source: the four slips of Damerau (1964), "A technique for computer detection and correction of spelling errors": a letter
 * too much, too few, wrong, or two letters swapped; the most frequent candidate, as in Norvig (2007). Names, hashtags and
 * short words stay, and so do words that differ in their ending: "hoped" is no slip of "hopes".
 */
import { WORD_START } from "./subword-model.ts";
import type { SubwordTokenizer } from "./subwords.ts";

/** Lower-case words between blanks and signs; `#`, `@`, `_`, digits and capitals keep a word from being looked at. */
const WORD = /(?<![\p{L}\p{M}\p{N}_'@#./-])[a-z]{4,15}(?![\p{L}\p{M}\p{N}_'@/-]|\.\p{L})/gu;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
/** Shortest word that a slip is mended into, and shortest in which a letter may be wrong: among short words all are near. */
const SHORTEST = 5;
const SHORTEST_WRONG = 7;
/** Words grow by these: a form of a known word is no slip. */
const ENDINGS = /(?:s|es|d|ed|r|er|ers|st|est|ly|ing|ings|en|ness|less|ful|able|al)$/u;
/** Letters that stand beside each other, by row of the keyboard. */
const ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const VOWELS = "aeiouy";

/** Whether one is hit or heard in place of the other. */
function confused(a: string, b: string): boolean {
  if (VOWELS.includes(a) && VOWELS.includes(b)) return true;
  return ROWS.some((row) => row.includes(a) && row.includes(b) && Math.abs(row.indexOf(a) - row.indexOf(b)) === 1);
}

/** All that one slip could have made this word of; its first letter, and the last one where it is an ending, are right. */
function* origins(word: string): Iterable<string> {
  const last = word.length - 1;
  for (let at = 1; at <= last; at++) {
    const [before, letter, after] = [word.slice(0, at), word[at] as string, word.slice(at + 1)];
    // Two letters swapped.
    if (at < last && letter !== word[at + 1]) yield before + (word[at + 1] as string) + letter + word.slice(at + 2);
    // A letter too much: doubled, or hit along with its neighbour.
    const doubled = letter === word[at - 1];
    if (doubled || (at < last && confused(letter, word[at - 1] as string))) yield before + after;
    // A letter too few: not at the end, where words grow; in short words one of two alike, or a vowel.
    for (const other of LETTERS) {
      const heard = other === letter || other === word[at - 1] || VOWELS.includes(other);
      if (heard || word.length >= SHORTEST_WRONG - 1) yield before + other + letter + after;
    }
    // A wrong letter.
    if (at < last && word.length >= SHORTEST_WRONG)
      for (const other of LETTERS) if (other !== letter && confused(other, letter)) yield before + other + after;
  }
}

/** Mends a normalized text; time is linear in its length. */
export function speller(tokenizer: SubwordTokenizer): (text: string) => string {
  const known = new Map<string, number>();
  let ready = false;
  const mended = new Map<string, string>();
  function learn(): void {
    for (let id = 0; id < tokenizer.size; id++) {
      const piece = tokenizer.piece(id) as string;
      if (piece.startsWith(WORD_START) && piece.length > 3) known.set(piece.slice(1), id);
    }
    ready = true;
  }
  /** "Manages" of "manage", "stirring" of "stir", "hoping" of "hope". */
  function isForm(word: string): boolean {
    for (let length = 1; length <= 4; length++) {
      if (!new RegExp(`^.{${word.length - length}}${ENDINGS.source}`, "u").test(word)) continue;
      const stem = word.slice(0, word.length - length);
      const single = stem.at(-1) === stem.at(-2) ? stem.slice(0, -1) : stem;
      if ([stem, `${stem}e`, single, stem.replace(/i$/u, "y")].some((one) => one.length >= 3 && known.has(one)))
        return true;
    }
    return false;
  }
  function mend(word: string): string {
    if (tokenizer.encode(word).length < 2) return word;
    if (!ready) learn();
    if (isForm(word)) return word;
    let best: string | undefined;
    for (const origin of origins(word)) {
      const id = known.get(origin);
      // Whole words have ids in the order of their frequency, or nearly so.
      if (
        id !== undefined &&
        origin.length >= SHORTEST &&
        id < (best === undefined ? Number.POSITIVE_INFINITY : (known.get(best) as number))
      ) {
        if (tokenizer.encode(origin).length === 1) best = origin;
      }
    }
    return best ?? word;
  }
  return (text) =>
    text.replace(WORD, (word) => {
      const held = mended.get(word);
      if (held !== undefined) return held;
      if (mended.size > 10_000) mended.clear();
      const own = mend(word);
      mended.set(word, own);
      return own;
    });
}
