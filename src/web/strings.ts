/**
 * Every word that the web app shows, in each of its languages, page by page. A key without both languages does not
 * compile; `{name}` in a text is replaced by a value. Emotions are said to appear, never to be felt.
 */
import { APP_STRINGS } from "./strings/app.ts";
import { CODE_STRINGS } from "./strings/codes.ts";
import { ERROR_STRINGS } from "./strings/error.ts";
import { FILES_STRINGS } from "./strings/files.ts";
import { HISTORY_STRINGS } from "./strings/history.ts";
import { LIVE_STRINGS } from "./strings/live.ts";
import { RESULT_STRINGS } from "./strings/result.ts";
import { START_STRINGS } from "./strings/start.ts";
import { TEXT_STRINGS } from "./strings/text.ts";
import { TRAIN_STRINGS } from "./strings/train.ts";

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

type Texts = Readonly<Record<string, Readonly<Record<Language, string>>>>;

export const STRINGS = {
  ...APP_STRINGS,
  ...CODE_STRINGS,
  ...ERROR_STRINGS,
  ...FILES_STRINGS,
  ...HISTORY_STRINGS,
  ...LIVE_STRINGS,
  ...RESULT_STRINGS,
  ...START_STRINGS,
  ...TEXT_STRINGS,
  ...TRAIN_STRINGS,
} as const satisfies Texts;

export type Key = keyof typeof STRINGS;

/** The text of a key, with its values filled in. */
export function translate(
  language: Language,
  key: Key,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return STRINGS[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
}
