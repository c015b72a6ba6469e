/** Cuts a text into windows that fit a network, so that a long text is read at a bounded cost. */
import type { SubwordTokenizer } from "../preprocess/text/subwords.ts";
import { excerpt } from "../preprocess/text/windows.ts";

export interface EncodedWindow {
  readonly text: string;
  readonly ids: readonly number[];
}

/** Windows per text; of a longer text its beginning and its end are read. */
export const MAX_WINDOWS = 16;
/** Characters on which the length of a subword is measured. */
const PROBE = 4_000;
/** Subwords are not spread evenly, so a window is planned a little short of full. */
const FILL = 0.85;

/**
 * @param maxTokens of a window; what does not fit is cut
 * @returns at least one window, at most 16; without ids only if the whole text has none
 */
export function encodeWindows(text: string, tokenizer: SubwordTokenizer, maxTokens: number): EncodedWindow[] {
  const ids = tokenizer.encode(text, maxTokens + 1);
  if (ids.length <= maxTokens) return [{ text, ids }];
  const probe = text.slice(0, PROBE);
  const perToken = probe.length / Math.max(1, tokenizer.encode(probe).length);
  const maxCharacters = Math.max(16, Math.floor(FILL * maxTokens * perToken));
  const windows = excerpt(text, { maxCharacters, maxWindows: MAX_WINDOWS })
    .map((window) => ({ text: window.text, ids: tokenizer.encode(window.text, maxTokens) }))
    .filter((window) => window.ids.length > 0);
  return windows.length > 0 ? windows : [{ text, ids: ids.slice(0, maxTokens) }];
}
