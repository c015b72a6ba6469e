/**
 * Whether a text is something that a person writes to others: code, shell commands, markup, logs, addresses and tables of
 * numbers are not, however English their words are.
 *
 * Each piece between blanks is a word, something that posts have beside words (number, emoji, link, name, tag), or code.
 */
import { normalizeText } from "./normalize.ts";

/** Pieces looked at. */
const READ = 400;
/** Characters of a piece that are looked at. */
const LONGEST = 80;
const WORD = /^\p{L}[\p{L}\p{M}'\-.*]*$/u;
const CAMEL = /\p{Ll}\p{Lu}|^\p{L}+\.\p{L}+\./u;
/** Around a word: quotes, brackets, emphasis, the marks that end a sentence. */
const AROUND = /^["'([*_~<.…!?¡¿♪-]+(?=[\p{L}\p{N}[])|["')\]*_~.,!?:;…♪-]+$/gu;
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{FE0F}\u{200D}]+/gu;
/** Two words with a slash between, masked swearing, an abbreviation with a slash, a forum's name. */
const SLASHED = /^(?:\p{L}[\p{L}']*(?:\/\p{L}[\p{L}']*)+|\/?[ru]\/\w+|\p{L}+\/|\/\p{L}+|\p{L}[\p{L}*@#$%&!]*\p{L}?)$/u;
const BESIDE =
  /^(?:[#@][\p{L}\p{N}_-]+|(?:https?:\/\/|www\.)\S+|[$€£¥]?\p{N}+(?:[.,:/-]\p{N}+)*(?:st|nd|rd|th|k|m|am|pm|s|x|%|yo|€|\$)?|(?:\[[\p{L}\p{N}_ ]{1,12}\])+(?:'s)?|[$€£%]|[^\p{L}\p{N}]*\p{Extended_Pictographic}[^\p{L}\p{N}]*|[.,!?…"'*~♪()-]+|&|\+|<3+|>?[:;=xX]['-]?[()DPpOo3/|]+)$/u;
const OPERATOR =
  /^(?:[=!<>+*|&^%:-]?=+|=>|->|&&|\|\||[<>{}[\]|;\\]+|[<>{}()[\]|;\\]{2,}|\/\/+|["']\w+["']:|\/\*+|\*\/|<\/?\p{L}+\/?>|--?\p{L}[\p{L}\p{N}-]*)$/u;
/** The end of a statement: a bracket, quote or number before `;` or a brace. */
const STATEMENT = /[)\]"'\p{N}]\W*[;{}]$/u;
/** Words that begin a command line and no sentence. */
const COMMAND = /^(?:sudo|npm|npx|git|pip3?|apt|apt-get|docker|kubectl|curl|wget|chmod|mkdir|cd|ls|ssh|grep) /;
/** Words of programs and queries: they count as code beside other code. */
const KEYWORD =
  /^(?:function|const|var|return|import|export|def|class|public|private|static|void|async|await|null|undefined|true|false|SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|CREATE|TABLE|INTO|VALUES|INFO|WARN|ERROR|DEBUG|GET|POST|UTC|GMT)$/;
const HAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

interface Pieces {
  words: number;
  code: number;
  digits: number;
  beside: number;
}

function pieces(text: string): Pieces {
  const counts: Pieces = { words: 0, code: 0, digits: 0, beside: 0 };
  let keywords = 0;
  for (const whole of text.split(" ", READ)) {
    const piece = whole.slice(0, LONGEST);
    const bare = piece.replace(EMOJI, "").replace(AROUND, "");
    counts.digits += piece.match(/\p{N}/gu)?.length ?? 0;
    // Chinese has no blanks.
    if (HAN.test(piece)) counts.words += Math.ceil(piece.length / 3);
    else if (KEYWORD.test(bare)) keywords++;
    else if (BESIDE.test(piece) || BESIDE.test(bare)) counts.beside += /\p{N}|:\/\//u.test(piece) ? 0 : 1;
    else if (OPERATOR.test(piece)) counts.code++;
    else if (STATEMENT.test(piece)) counts.code++;
    else if ((WORD.test(bare) && !CAMEL.test(bare)) || SLASHED.test(bare)) counts.words++;
    else if (bare === "") counts.beside++;
    else counts.code++;
  }
  if (COMMAND.test(text)) counts.code += 2;
  if (/[A-Za-z\d)];$/.test(text)) counts.code++;
  if (counts.code > 0) counts.code += keywords;
  else counts.words += keywords;
  return counts;
}

/** Share of code among words and code from which a text is taken for code. */
const MOST_CODE = 1 / 3;
/** So many digits without a word or a sign of an emotion are a number. */
const NUMBER = 5;

/** @param text any; its first 400 pieces are looked at */
export function looksWritten(text: string): boolean {
  const { words, code, digits, beside } = pieces(normalizeText(text.slice(0, READ * LONGEST)));
  if (words === 0 && code === 0) return beside > 0 || digits < NUMBER;
  return code / (words + code) < MOST_CODE;
}
