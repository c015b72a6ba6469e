/** What a person chose about the app itself: language, theme, where to analyze. Kept in the browser. */
import { LANGUAGES, type Language } from "../strings.ts";

export const THEMES = ["light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
export const PLACES = ["device", "server"] as const;
export type Place = (typeof PLACES)[number];

export interface Settings {
  readonly language: Language;
  readonly theme: Theme;
  readonly place: Place;
}

export interface Surroundings {
  /** The browser's languages, most wanted first. */
  readonly languages: readonly string[];
  readonly prefersDark: boolean;
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((one) => one === value);
}

function firstLanguage(languages: readonly string[]): Language {
  for (const wanted of languages) {
    const known = oneOf(LANGUAGES, wanted.toLowerCase().split("-")[0]);
    if (known !== undefined) return known;
  }
  return "en";
}

/** @param kept what `keep` wrote, or anything else: what cannot be read is taken from the surroundings */
export function readSettings(kept: string | null, { languages, prefersDark }: Surroundings): Settings {
  let value: Partial<Record<keyof Settings, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(kept ?? "{}");
    if (typeof parsed === "object" && parsed !== null) value = parsed;
  } catch {
    // Not ours: the surroundings decide.
  }
  return {
    language: oneOf(LANGUAGES, value.language) ?? firstLanguage(languages),
    theme: oneOf(THEMES, value.theme) ?? (prefersDark ? "dark" : "light"),
    place: oneOf(PLACES, value.place) ?? "device",
  };
}
