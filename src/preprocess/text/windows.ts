/**
 * Long texts in pieces that end where sentences end.
 *
 * `Intl.Segmenter` (UAX #29) ran out of 4 GB when given 160,000 characters at once, so it only ever sees the few hundred
 * characters around a place where a cut may fall. Time is linear in the text, and windows are made one by one.
 */
import { AffektError } from "../../core/errors.ts";

export interface TextWindow {
  readonly text: string;
  /** Offset of the first character (UTF-16 code unit) in the whole text. */
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
}

/** Characters before a possible cut in which the end of a sentence is looked for. */
const LOOK_BACK = 400;
/** Characters behind it, needed to see that a sentence really ends there. */
const LOOK_AHEAD = 32;

const sentences = (text: string): Iterable<{ index: number }> =>
  new Intl.Segmenter("und", { granularity: "sentence" }).segment(text);

/** The best place to cut in `(start, end]`: behind a sentence, else behind white space, else between characters. */
function cutBefore(text: string, start: number, end: number): number {
  const from = Math.max(start, end - LOOK_BACK);
  let best = start;
  for (const { index } of sentences(text.slice(from, end + LOOK_AHEAD))) {
    if (from + index <= end && from + index > start && index > 0) best = Math.max(best, from + index);
  }
  if (best > start) return best;
  for (let at = end; at > from; at--) if (/\s/.test(text[at - 1]!)) return at;
  const code = text.charCodeAt(end);
  const splitsPair = code >= 0xdc00 && code <= 0xdfff && end - 1 > start;
  return splitsPair ? end - 1 : end;
}

/**
 * Cuts a text into windows, in order and without gaps: joined, they are the text again.
 *
 * @param maxCharacters longest window in UTF-16 code units, at least 2
 * @throws AffektError `config` if it is less
 */
export function* windows(text: string, maxCharacters: number): Generator<TextWindow> {
  if (!(maxCharacters >= 2)) {
    throw new AffektError(
      "config",
      `A window holds at least 2 characters; received ${maxCharacters}.`,
      "Choose a maximum such as 1000.",
    );
  }
  const size = Math.floor(maxCharacters);
  let start = 0;
  while (start < text.length) {
    const end = text.length - start <= size ? text.length : cutBefore(text, start, start + size);
    yield { text: text.slice(start, end), start, end };
    start = end;
  }
}

export interface ExcerptLimits {
  /** Longest window in characters. Default 1000. */
  readonly maxCharacters?: number;
  /** Most windows. Default 16. */
  readonly maxWindows?: number;
}

/**
 * The part of a text that is analysed: all of it up to `maxWindows · maxCharacters` (16,000 characters by default); of
 * a longer text the first and the last windows, half of them each, since an opening and a conclusion say most about the
 * mood of the whole. The middle is never read.
 */
export function excerpt(text: string, { maxCharacters = 1000, maxWindows = 16 }: ExcerptLimits = {}): TextWindow[] {
  const kept: TextWindow[] = [];
  for (const window of windows(text, maxCharacters)) {
    kept.push(window);
    if (kept.length > maxWindows) break;
  }
  if (kept.length <= maxWindows) return kept;
  const tailCount = Math.floor(maxWindows / 2);
  const head = kept.slice(0, maxWindows - tailCount);
  if (tailCount === 0) return head;
  // One window more than needed, so that the first kept one starts where a sentence does.
  const tailStart = Math.max(head.at(-1)!.end, text.length - (tailCount + 1) * maxCharacters);
  const tail = [...windows(text.slice(tailStart), maxCharacters)].slice(-tailCount);
  return [
    ...head,
    ...tail.map((window) => ({
      text: window.text,
      start: window.start + tailStart,
      end: window.end + tailStart,
    })),
  ];
}
