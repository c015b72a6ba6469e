/**
 * Cuts a normalized text into words, runs of Chinese characters and whole symbols, and turns what emphasis does to
 * spelling into markers: `SOOO happy!!! 😂😂` → `<caps> so <long> happy ! <rep> 😂 <rep>`. A drawn-out or shouted word
 * then shares its embedding with the plain one, and the emphasis is still there to be learnt.
 */

/** Markers, in the order of their ids. The first is padding, the second stands for every unknown character. */
export const MARKERS = [
  "<pad>",
  "<unk>",
  "<mask>",
  "<start>",
  "<end>",
  "<caps>",
  "<long>",
  "<rep>",
  "<user>",
  "<url>",
  "<number>",
  "<topic>",
  "<repost>",
] as const;

export type Marker = (typeof MARKERS)[number];

export type Pretoken =
  | { readonly kind: "marker"; readonly text: Marker }
  /** Emoji, emoticon, bracket token such as `[泪]` or `[name]`, number, punctuation: whole or unknown, never cut. */
  | { readonly kind: "symbol"; readonly text: string }
  /** Lower case. `single` is set for a drawn-out word: `text` keeps two of the repeated letters, `single` one. */
  | { readonly kind: "word"; readonly text: string; readonly single?: string }
  /** Chinese characters, at most `HAN_RUN`. */
  | { readonly kind: "han"; readonly text: string };

/** Longest run of Chinese characters that is one pretoken: longer ones are cut, so that a cut costs constant time. */
export const HAN_RUN = 8;
/** Longest word that is one pretoken. */
const WORD_LENGTH = 32;

const EMOJI_UNIT = String.raw`\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]*`;
const PATTERN = new RegExp(
  [
    String.raw`(?<url>(?:https?:\/\/|www\.|t\.cn\/)[\w\-./?=&%#:~+,;@!$*]+)`,
    String.raw`(?<face>[TtOo]_+[TtOo](?![\p{L}\p{N}_]))`,
    String.raw`(?<letters>[\p{L}〇][\p{L}\p{M}〇]*(?:'\p{L}[\p{L}\p{M}]*)*)`,
    String.raw`(?<number>\p{Nd}+(?:[.,:]\p{Nd}+)*)`,
    String.raw`(?<repost>\/\/@[\p{L}\p{N}_\-·.]{1,30}:?)`,
    String.raw`(?<user>@[\p{L}\p{N}_\-·]{1,30}:?)`,
    String.raw`(?<bracket>\[[\p{L}\p{N}_]{1,12}\])`,
    String.raw`(?<emoticon>(?:>?[:;=]['-]?[-^o]?[()\[\]DdPp3Oo/\\|*$Ss]|<\/?3|\^[_.-]?\^|>[_.]<|-_+-)(?![\p{L}\p{N}]))`,
    String.raw`(?<emoji>\p{RI}{2}|${EMOJI_UNIT}(?:\u200D${EMOJI_UNIT})*[\u{E0020}-\u{E007F}]*)`,
    String.raw`(?<topic>#+)`,
    String.raw`(?<dots>\.{2,})`,
    String.raw`(?<other>[^\s\uFE0F\u200D])`,
  ].join("|"),
  "gu",
);

const HAN = /[\p{Script=Han}]/u;
const SCRIPT_PARTS = /[\p{Script=Han}]+|[^\p{Script=Han}]+/gu;
const HAN_PARTS = /([^])\1{2,}|(?:([^])(?!\2\2))+/gu;
/** Three or more of one letter, or of a syllable ("hahaha"). */
const DRAWN_OUT = /(\p{L})\1{2,}|(\p{L}{2,3}?)\2{2,}/u;
const DRAWN_LETTER = /(\p{L})\1{2,}/gu;
const DRAWN_SYLLABLE = /(\p{L}{2,3}?)\1{2,}/gu;
const SKIN_AND_SELECTORS = /[\uFE0F\p{Emoji_Modifier}]/gu;
const LONG_DIGITS = /(\d)\1{3,}/g;

function marker(text: Marker): Pretoken {
  return { kind: "marker", text };
}

function pushHan(run: string, out: Pretoken[]): void {
  for (const part of run.match(HAN_PARTS) ?? []) {
    const characters = Array.from(part);
    if (characters.length > 2 && characters.every((character) => character === characters[0])) {
      out.push({ kind: "han", text: `${characters[0]}${characters[0]}` }, marker("<long>"));
      continue;
    }
    for (let start = 0; start < characters.length; start += HAN_RUN) {
      out.push({ kind: "han", text: characters.slice(start, start + HAN_RUN).join("") });
    }
  }
}

function pushWord(word: string, out: Pretoken[]): void {
  const lower = word.toLowerCase();
  if (lower !== word && word.length > 1 && word === word.toUpperCase()) out.push(marker("<caps>"));
  if (DRAWN_OUT.test(lower)) {
    const double = lower.replace(DRAWN_LETTER, "$1$1").replace(DRAWN_SYLLABLE, "$1$1");
    const single = lower.replace(DRAWN_LETTER, "$1").replace(DRAWN_SYLLABLE, "$1$1");
    out.push({ kind: "word", text: double.slice(0, WORD_LENGTH), single: single.slice(0, WORD_LENGTH) });
    out.push(marker("<long>"));
    return;
  }
  for (let start = 0; start < lower.length; start += WORD_LENGTH) {
    out.push({ kind: "word", text: lower.slice(start, start + WORD_LENGTH) });
  }
}

function pushLetters(letters: string, out: Pretoken[]): void {
  if (!HAN.test(letters)) return pushWord(letters, out);
  for (const part of letters.match(SCRIPT_PARTS) ?? []) {
    if (HAN.test(part)) pushHan(part, out);
    else pushWord(part.replace(/^'|'$/g, "") || "'", out);
  }
}

function pushSymbol(text: string, out: Pretoken[]): void {
  const last = out.at(-1);
  if (last?.kind === "symbol" && last.text === text) out.push(marker("<rep>"));
  else if (last?.text === "<rep>" && out.at(-2)?.text === text) return;
  else out.push({ kind: "symbol", text });
}

/**
 * Cuts a text into pretokens.
 *
 * @param text normalized (`normalizeText`)
 * @param limit stop after about so many pretokens (a few more where one match gives several)
 */
export function pretokenize(text: string, limit = Number.POSITIVE_INFINITY): Pretoken[] {
  const out: Pretoken[] = [];
  for (const match of text.matchAll(PATTERN)) {
    if (out.length >= limit) break;
    const groups = match.groups as Record<string, string | undefined>;
    const whole = match[0];
    if (groups["letters"] !== undefined) pushLetters(whole, out);
    else if (groups["other"] !== undefined) pushSymbol(whole, out);
    else if (groups["number"] !== undefined) {
      out.push({ kind: "symbol", text: whole.replace(LONG_DIGITS, "$1$1$1") });
    } else if (groups["emoji"] !== undefined) pushSymbol(whole.replace(SKIN_AND_SELECTORS, ""), out);
    else if ((groups["bracket"] ?? groups["emoticon"] ?? groups["face"]) !== undefined)
      pushSymbol(whole.toLowerCase(), out);
    else if (groups["dots"] !== undefined) pushSymbol("...", out);
    else if (groups["url"] !== undefined) out.push(marker("<url>"));
    else if (groups["user"] !== undefined) out.push(marker("<user>"));
    else if (groups["repost"] !== undefined) out.push(marker("<repost>"));
    else out.push(marker("<topic>"));
  }
  return out;
}
