/** Universal parts of speech (Universal Dependencies), and how the tags of Chinese dictionaries map to them. */

export const PARTS_OF_SPEECH = [
  "ADJ",
  "ADP",
  "ADV",
  "AUX",
  "CCONJ",
  "DET",
  "INTJ",
  "NOUN",
  "NUM",
  "PART",
  "PRON",
  "PROPN",
  "PUNCT",
  "SCONJ",
  "SYM",
  "VERB",
  "X",
] as const;

export type PartOfSpeech = (typeof PARTS_OF_SPEECH)[number];

/** ICTCLAS tags as jieba uses them; the longest prefix that is here wins. */
const ICTCLAS: Readonly<Record<string, PartOfSpeech>> = {
  a: "ADJ",
  ad: "ADV",
  an: "NOUN",
  b: "ADJ",
  c: "CCONJ",
  d: "ADV",
  df: "ADV",
  e: "INTJ",
  f: "ADP",
  h: "PART",
  i: "X",
  j: "NOUN",
  k: "PART",
  l: "X",
  m: "NUM",
  n: "NOUN",
  nr: "PROPN",
  ns: "PROPN",
  nt: "PROPN",
  nz: "PROPN",
  o: "INTJ",
  p: "ADP",
  q: "NOUN",
  r: "PRON",
  s: "NOUN",
  t: "NOUN",
  u: "PART",
  v: "VERB",
  vn: "NOUN",
  vi: "VERB",
  w: "PUNCT",
  y: "PART",
  z: "ADJ",
  zg: "ADV",
};

/** What a token that is no word is, by its characters. */
export function partOfSymbol(text: string): PartOfSpeech {
  if (/^\p{Nd}/u.test(text)) return "NUM";
  if (/^\p{P}+$/u.test(text)) return "PUNCT";
  return /\p{S}|\p{Extended_Pictographic}|\p{RI}/u.test(text) ? "SYM" : "X";
}

/** @param tag ICTCLAS tag, such as `v`, `nr`, `ul`, or `x` and `eng` for what is not Chinese */
export function fromIctclas(tag: string, text: string): PartOfSpeech {
  if (tag === "x" || tag === "eng" || tag === "") return partOfSymbol(text);
  for (let length = Math.min(2, tag.length); length > 0; length--) {
    const part = ICTCLAS[tag.slice(0, length)];
    if (part) return part;
  }
  return "X";
}
