/** The state that every page shares, and what keeps it in step with the browser. */
import type { Engine } from "../engine/engine.ts";
import { type Key, translate } from "../strings.ts";
import { keepPage } from "./drag.ts";
import { readSettings, type Settings } from "./settings.ts";
import { createStore, useStore } from "./store.ts";

const KEPT = "affekt.settings";

export const PAGES = ["start", "live", "text", "files", "train", "history"] as const;
export type Page = (typeof PAGES)[number];

function pageOf(hash: string): Page {
  return PAGES.find((page) => `#/${page}` === hash) ?? "start";
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

export const settings = createStore<Settings>(
  readSettings(kept(), {
    languages: navigator.languages,
    prefersDark: matchMedia("(prefers-color-scheme: dark)").matches,
  }),
);

export const page = createStore<Page>(pageOf(location.hash));

/** Whether a live session runs: the title says so, in a tab that is not in sight too. */
export const analyzing = createStore(false);

function show({ language, theme }: Settings): void {
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  document.documentElement.dataset["theme"] = theme;
}

/** Call once, before anything is drawn. */
export function startState(): void {
  show(settings.get());
  settings.watch((value) => {
    show(value);
    try {
      localStorage.setItem(KEPT, JSON.stringify(value));
    } catch {
      // A browser that keeps nothing asks again next time.
    }
  });
  keepPage(globalThis);
  addEventListener("hashchange", () => {
    page.set(pageOf(location.hash));
    document.getElementById("content")?.focus();
    scrollTo(0, 0);
  });
}

export type Translate = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

export function useTranslate(): Translate {
  const { language } = useStore(settings);
  return (key, values) => translate(language, key, values);
}

/** A label of an answer in the person's language; labels of other models stay as they are. */
export function useLabel(): (label: string) => string {
  const t = useTranslate();
  return (label) => {
    const key = `emotion.${label}`;
    return key in LABELS ? t(key as Key) : label;
  };
}

const LABELS: Readonly<Record<string, true>> = {
  "emotion.anger": true,
  "emotion.disgust": true,
  "emotion.fear": true,
  "emotion.joy": true,
  "emotion.neutral": true,
  "emotion.other": true,
  "emotion.sadness": true,
  "emotion.surprise": true,
};

let device: Promise<Engine> | undefined;
let server: Promise<Engine> | undefined;

/** The engine of this place, opened when it is first asked for; after one that failed, while it opened or later, another. */
export function engineAt(place: Settings["place"]): Promise<Engine> {
  if (place === "device") {
    if (device !== undefined) return device;
    const forget = (): void => {
      if (device === own) device = undefined;
    };
    const own = import("../engine/client.ts").then(({ openDeviceEngine }) => openDeviceEngine(forget));
    device = own;
    own.catch(forget);
    return own;
  }
  server ??= import("../engine/server.ts").then(({ serverEngine }) => serverEngine());
  return server;
}
