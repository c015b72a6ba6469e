/**
 * One spelling for what reads the same, before any text is tokenized.
 *
 * Source: Unicode NFKC (UAX #15). Emoji keep their joiners and variation selectors, because ❤ and ❤️ or 👩‍💻 and 👩💻
 * read differently. Traditional Chinese characters stay as they are. Letter case is signal and stays too.
 */

const LONE_SURROGATE = /\p{Surrogate}/gu;
/** Longer runs of combining marks than any script needs only cost time ("Zalgo" text). */
const PILED_MARKS = /(\p{M}{8})\p{M}+/gu;
/** An acute accent standing alone is a typed apostrophe; NFKC would make it a space and a combining mark. */
const ACUTE = /´/gu;
const APOSTROPHES = /[‘’‚‛′ʼʹ`]/gu;
const QUOTES = /[“”„‟″«»〝〞]/gu;
const SPACES = /[\s\u0085\u2028\u2029\p{Zs}]+/gu;
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
/** Format characters (zero-width space, bidi controls, soft hyphen, byte-order mark) except joiner and emoji tags. */
const FORMATS = /(?![\u200D\u{E0020}-\u{E007F}])\p{Cf}/gu;
/** Joiner, variation selector and tags mean something only behind an emoji. */
const STRAY_SELECTORS = /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])(?:\u200D|[\uFE00-\uFE0F])+/gu;
const TEXT_SELECTORS = /[\uFE00-\uFE0E]/gu;
const STRAY_TAGS = /(?<![\p{Extended_Pictographic}\u{E0020}-\u{E007F}])[\u{E0020}-\u{E007F}]+/gu;
const KEYCAP = /([0-9#*])\uFE0F?\u20E3/gu;

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', nbsp: " ", "#39": "'", apos: "'" };
const AMPERSANDS = /&(?:amp;)+/g;
const ENTITY = /&(lt|gt|quot|nbsp|#39|apos);/g;

/** ASCII without entities, doubled spaces or controls: nothing to do, and most English lines are like this. */
const PLAIN = /^(?! )(?!.* {2})[\x20-\x25\x27-\x5F\x61-\x7E]*(?<! )$/;

/**
 * Normalizes a text: well-formed Unicode, NFKC (full-width forms become ASCII), straight quotes and apostrophes,
 * HTML entities of scraped text decoded, control and invisible characters out, every run of white space one space.
 *
 * @param text any string, lone surrogates included (they become U+FFFD); time is linear in its length
 * @returns trimmed text without line breaks; empty if nothing visible is left
 */
export function normalizeText(text: string): string {
  if (text.length < 4096 && PLAIN.test(text)) return text;
  return text
    .replace(LONE_SURROGATE, "\uFFFD")
    .replace(ACUTE, "'")
    .replace(KEYCAP, "$1")
    .replace(FORMATS, "")
    .replace(SPACES, " ")
    .replace(CONTROLS, "")
    .replace(PILED_MARKS, "$1")
    .normalize("NFKC")
    .replace(TEXT_SELECTORS, "")
    .replace(STRAY_SELECTORS, "")
    .replace(STRAY_TAGS, "")
    .replace(AMPERSANDS, "&")
    .replace(ENTITY, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(APOSTROPHES, "'")
    .replace(QUOTES, '"')
    .replace(SPACES, " ")
    .trim();
}
