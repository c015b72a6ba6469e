/** Which tokens carry a valence, negate, or are signs to be counted: the table of tokens of the network. */

import type { Files } from "../../../src/core/ports.ts";
import { isNegation } from "../../../src/preprocess/text/negation.ts";
import type { SubwordTokenizer } from "../../../src/preprocess/text/subwords.ts";
import { readLexicon } from "../fusion/lexicon.ts";
import { LEXICONS, TOKEN_COLUMNS } from "./network.ts";

/** Below the data folder, with the largest valence: VADER's lexicon in [-4, 4] and AFINN in [-5, 5]. */
const FILES = [
  ["text/vader/vader_lexicon.txt", 4],
  ["text/afinn/AFINN-en-165.txt", 5],
] as const;
/** Emoji in words, of VADER: an emoji has the valence of its description. */
const EMOJI = "text/vader/emoji_utf8_lexicon.txt";
/** Tokens that are counted by themselves. */
const COUNTED = ["!", "?", "<user>", "<topic>", '"', ":", "<rep>", "<caps>", "<long>"];
/** Begins a word. */
const START = "▁";
/** A piece of a word that is shorter means nothing; signs and emoji do. */
const SHORTEST = 4;

/** `[size, TOKEN_COLUMNS]`. @throws AffektError `file` */
export async function tokenTable(tokenizer: SubwordTokenizer, root: string, files: Files): Promise<Float32Array> {
  const lexicons = await Promise.all(
    FILES.map(async ([path, largest]) => ({ lexicon: readLexicon(await files.readText(`${root}/${path}`)), largest })),
  );
  const described = new Map(
    (await files.readText(`${root}/${EMOJI}`)).split("\n").map((line) => {
      const [sign = "", words = ""] = line.split("\t");
      return [sign, words.replace(/[“”]/gu, "").split(" ")] as const;
    }),
  );
  const table = new Float32Array(tokenizer.size * TOKEN_COLUMNS);
  for (let id = 1; id < tokenizer.size; id++) {
    const piece = tokenizer.piece(id) ?? "";
    const row = table.subarray(id * TOKEN_COLUMNS, (id + 1) * TOKEN_COLUMNS);
    const word = piece.replace(START, "");
    const whole = piece.startsWith(START) || word.length < SHORTEST || described.has(word);
    for (const [at, { lexicon, largest }] of lexicons.entries()) {
      const valence =
        lexicon.get(word) ?? described.get(word)?.reduce((total, one) => total + (lexicon.get(one) ?? 0), 0) ?? 0;
      row[at] = whole ? valence / largest : 0;
    }
    row[LEXICONS] = piece.startsWith(START) && isNegation(word) ? 1 : 0;
    const counted = COUNTED.indexOf(piece);
    if (counted >= 0) row[LEXICONS + 1 + counted] = 1;
  }
  return table;
}
