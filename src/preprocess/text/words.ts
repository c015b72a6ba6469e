/**
 * Words with part of speech, in English (wink-nlp) and Chinese (a `ChineseSegmenter`), also within one sentence.
 *
 * A text is first cut by script, so "今天真的 not happy" gives each language to the tagger that knows it.
 */
import { isNegation } from "./negation.ts";
import { type PartOfSpeech, partOfSymbol } from "./part-of-speech.ts";
import { windows } from "./windows.ts";

export interface Word {
  /** As written: always `input.slice(start, end)`. */
  readonly text: string;
  /** Offset in UTF-16 code units of the text given. */
  readonly start: number;
  readonly end: number;
  readonly partOfSpeech: PartOfSpeech;
  /** Whether the word itself negates ("n't", "never", 没有). */
  readonly isNegation: boolean;
}

export interface TaggedText {
  readonly text: string;
  readonly partOfSpeech: PartOfSpeech;
}

/** Cuts Chinese text into words. `platform/` fills this in. */
export interface ChineseSegmenter {
  readonly name: string;
  /** The words in order; joined, they are the text again. Text is well-formed and a few thousand characters at most. */
  segment(text: string): readonly TaggedText[];
}

/** Cuts and tags text in Latin letters. Tokens stand in order; white space between them is left out. */
export interface LatinTagger {
  tag(text: string): readonly TaggedText[];
}

export type Words = (text: string) => Word[];

/** Longest piece that a tagger sees at once, in characters. */
const PIECE = 2000;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const LETTER = /\p{L}/u;
const SCRIPTS = /(?<han>[\p{Script=Han}〇]+)|[^\p{Script=Han}〇]+/gu;
const TOKENS =
  /\p{Nd}+(?:[.,]\p{Nd}+)*|\p{RI}{2}|\p{Extended_Pictographic}[\uFE0F\u200D\p{Emoji_Modifier}\p{Extended_Pictographic}]*|\p{L}[\p{L}\p{M}]*|\S/gu;

/** Numbers, punctuation and emoji, where no tagger is needed. */
function tagSymbols(text: string): TaggedText[] {
  return (text.match(TOKENS) ?? []).map((token) => ({ text: token, partOfSpeech: partOfSymbol(token) }));
}

/** Dictionary words by the rules of Unicode, without parts of speech: what there is without a `ChineseSegmenter`. */
export const plainChineseSegmenter: ChineseSegmenter = {
  name: "Intl.Segmenter",
  segment: (text) =>
    [...windows(text, 400)].flatMap((piece) =>
      Array.from(new Intl.Segmenter("zh", { granularity: "word" }).segment(piece.text), ({ segment }) => ({
        text: segment,
        partOfSpeech: "X" as const,
      })),
    ),
};

/** Cuts texts into words with the taggers given. Linear in the length of the text. */
export function wordCutter(latin: LatinTagger, chinese: ChineseSegmenter = plainChineseSegmenter): Words {
  return (text) => {
    const words: Word[] = [];
    // One unit for one unit, so that offsets stay right.
    const wellFormed = text.replace(LONE_SURROGATE, "\uFFFD");
    for (const piece of windows(wellFormed, PIECE)) {
      for (const match of piece.text.matchAll(SCRIPTS)) {
        const part = match[0];
        const start = piece.start + match.index;
        const isHan = match.groups?.["han"] !== undefined;
        place(start, part, isHan ? chinese.segment(part) : LETTER.test(part) ? latin.tag(part) : tagSymbols(part));
      }
    }
    return words;

    function place(offset: number, part: string, tagged: readonly TaggedText[]): void {
      let cursor = 0;
      for (const token of tagged) {
        const at = part.indexOf(token.text, cursor);
        if (at < 0 || token.text.trim() === "") continue;
        cursor = at + token.text.length;
        words.push({
          text: text.slice(offset + at, offset + cursor),
          start: offset + at,
          end: offset + cursor,
          partOfSpeech: token.partOfSpeech,
          isNegation: isNegation(token.text),
        });
      }
    }
  };
}

/** A tagger with wink-nlp and its small English model, loaded when first asked for (about 1 MB compressed). */
export async function openEnglishTagger(): Promise<LatinTagger> {
  const [{ default: winkNLP }, { default: model }] = await Promise.all([
    import("wink-nlp"),
    import("wink-eng-lite-web-model"),
  ]);
  const wink = winkNLP(model, ["sbd", "pos"]);
  const { value, pos } = wink.its;
  return {
    tag(text) {
      const tokens = wink.readDoc(text).tokens();
      const parts = tokens.out(pos) as string[];
      return tokens.out(value).map((token, index) => {
        const part = parts[index] ?? "X";
        return { text: token, partOfSpeech: part === "SPACE" ? "X" : (part as PartOfSpeech) };
      });
    },
  };
}

/** Words of English and Chinese text. @param chinese without it Chinese words carry no part of speech (`X`) */
export async function openWords(chinese?: ChineseSegmenter): Promise<Words> {
  return wordCutter(await openEnglishTagger(), chinese);
}
