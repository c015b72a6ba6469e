/** Several text experts, each for its languages, behind one door. */
import type { Abstention } from "../core/prediction.ts";
import { type LanguageIdentifier, obviousLanguage } from "../preprocess/text/language.ts";
import { looksWritten } from "../preprocess/text/written.ts";
import { type Lazy, lazily, openedOnly } from "./lazy.ts";
import type { Opinion } from "./opinion.ts";
import type { TextOpinions } from "./text-expert.ts";

export interface LanguageRoute {
  /** ISO 639-1. */
  readonly languages: readonly string[];
  readonly expert: Lazy<TextOpinions>;
}

/** Share of Chinese among the letters from which a text is Chinese. */
const CHINESE_SHARE = 0.25;
/** Characters looked at. */
const READ = 2_000;

/** Chinese or not: all that tells the shipped text models apart. */
export function scriptLanguage(text: string): "zh" | "en" {
  const letters = text.slice(0, READ).match(/\p{L}/gu) ?? [];
  const chinese = letters.filter((letter) => /\p{Script=Han}/u.test(letter)).length;
  return letters.length > 0 && chinese / letters.length >= CHINESE_SHARE ? "zh" : "en";
}

/** The languages that identification tells apart; of others it cannot say that nobody reads them. */
const TOLD_APART: readonly string[] = ["en", "zh"];

/**
 * Which of several text models a recognizer asks, and trusts, about a text.
 *
 * @param read the languages of each
 * @returns its place; undefined for a text that none of them reads
 */
export function readerOf(read: readonly (readonly string[])[], text: string): number | undefined {
  const language = scriptLanguage(text);
  const own = read.findIndex((languages) => languages.includes(language));
  if (own >= 0) return own;
  return read.flat().some((one) => !TOLD_APART.includes(one)) ? 0 : undefined;
}

/** Why an opinion about the text is not to be trusted; undefined if somebody here reads it, or if nobody can say. */
async function doubtOf(
  text: string,
  read: readonly string[],
  identifier: () => Promise<LanguageIdentifier>,
): Promise<Abstention | undefined> {
  if (!looksWritten(text)) {
    const reason = "The text looks like code, a log or numbers, not like something that a person writes.";
    return { code: "not-written", reason };
  }
  if (read.some((language) => !TOLD_APART.includes(language))) return undefined;
  // The identifier is large and loaded late: most texts do not need it.
  const language = obviousLanguage(text) ?? (await identifier())(text).language;
  if (language === "none" || (language === "mixed" ? read.length > 0 : read.includes(language))) return undefined;
  const reason = `The text seems to be in a language that no model here was trained on; they read ${read.join(", ")}.`;
  return { code: "other-language", reason };
}

/**
 * Asks the expert of each text's language; the first expert gets what no other claims.
 *
 * @param routes at least one
 * @param identify doubts opinions about texts in a language that no route claims; with it, texts that are code, logs or
 *   numbers are doubted as well, without it none is
 */
export function routeByLanguage(
  routes: readonly LanguageRoute[],
  languageOf: (text: string) => string = scriptLanguage,
  identify?: Lazy<LanguageIdentifier>,
): TextOpinions {
  const open = routes.map(({ expert }) => lazily(expert));
  const identifier = lazily(identify);
  const read = routes.flatMap(({ languages }) => languages);
  return {
    async opinions(texts, known) {
      const target = texts.map((text) => {
        const language = known ?? languageOf(text);
        return Math.max(
          0,
          routes.findIndex(({ languages }) => languages.includes(language)),
        );
      });
      const answers: (Opinion | null)[] = texts.map(() => null);
      for (const [route, opening] of open.entries()) {
        const asked = texts.flatMap((_, index) => (target[index] === route ? [index] : []));
        if (asked.length === 0 || opening === undefined) continue;
        const opinions = await (await opening()).opinions(asked.map((index) => texts[index] as string));
        for (const [at, index] of asked.entries()) answers[index] = opinions[at] ?? null;
      }
      if (identifier === undefined) return answers;
      return Promise.all(
        answers.map(async (answer, index) => {
          if (answer === null) return null;
          const doubt = await doubtOf(texts[index] as string, read, identifier);
          return doubt === undefined ? answer : { ...answer, doubt };
        }),
      );
    },
    async close() {
      await Promise.all(open.map(async (opening) => (await openedOnly(opening))?.close()));
    },
  };
}
