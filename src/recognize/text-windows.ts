/** Cuts a text into windows that fit a network, so that a long text is read throughout at a bounded cost. */
import type { SubwordTokenizer } from "../preprocess/text/subwords.ts";

export interface TextWindow {
  readonly text: string;
  readonly ids: readonly number[];
}

/** Windows per text. A longer text is sampled evenly from its beginning to its end. */
export const MAX_WINDOWS = 16;
/** Characters of a window when sampling: most scripts have at least as many per subword. */
const CHARACTERS_PER_TOKEN = 4;
/** Looked through for white space at a cut. */
const SNAP = 24;

/** A place to cut near `at`: behind white space if there is some, and never inside a surrogate pair. */
function cutNear(text: string, at: number): number {
  for (let place = at; place > at - SNAP && place > 0; place--) if (/\s/u.test(text.charAt(place - 1))) return place;
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}

/**
 * @param maxTokens of a window
 * @returns at least one window, at most 16; ids are cut to `maxTokens`
 */
export function textWindows(text: string, tokenizer: SubwordTokenizer, maxTokens: number): TextWindow[] {
  const room = maxTokens * CHARACTERS_PER_TOKEN;
  const isHuge = text.length > room * MAX_WINDOWS * 2;
  if (!isHuge) {
    const ids = tokenizer.encode(text, maxTokens * MAX_WINDOWS + 1);
    if (ids.length <= maxTokens) return [{ text, ids }];
    // Cutting by tokens would lose the text that n-grams are made of, so equal parts of the text are taken; a tenth
    // more parts than needed, because tokens are not spread evenly.
    const parts = Math.min(MAX_WINDOWS, Math.ceil((1.1 * ids.length) / maxTokens));
    const windows: TextWindow[] = [];
    for (let part = 0, start = 0; part < parts; part++) {
      const end = part === parts - 1 ? text.length : cutNear(text, Math.round(((part + 1) * text.length) / parts));
      const piece = text.slice(start, end);
      const own = tokenizer.encode(piece, maxTokens);
      if (own.length > 0) windows.push({ text: piece, ids: own });
      start = end;
    }
    return windows;
  }
  return Array.from({ length: MAX_WINDOWS }, (_, part) => {
    const start = cutNear(text, Math.round((part * (text.length - room)) / (MAX_WINDOWS - 1)));
    const piece = text.slice(start, cutNear(text, Math.min(text.length, start + room)));
    return { text: piece, ids: tokenizer.encode(piece, maxTokens) };
  }).filter(({ ids }) => ids.length > 0);
}
