/** Several text experts, each for its languages, behind one door. */
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

/**
 * Asks the expert of each text's language; the first expert gets what no other claims.
 *
 * @param routes at least one
 */
export function routeByLanguage(
  routes: readonly LanguageRoute[],
  languageOf: (text: string) => string = scriptLanguage,
): TextOpinions {
  const open = routes.map(({ expert }) => lazily(expert));
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
      return answers;
    },
    async close() {
      await Promise.all(open.map(async (opening) => (await openedOnly(opening))?.close()));
    },
  };
}
