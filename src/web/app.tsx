/** The frame of every page: name, pages, tools, and the limits of what is claimed. */
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { FilesPage } from "./pages/files.tsx";
import { HistoryPage } from "./pages/history.tsx";
import { LivePage } from "./pages/live.tsx";
import { StartPage } from "./pages/start.tsx";
import { TextPage } from "./pages/text.tsx";
import { TrainPage } from "./pages/train.tsx";
import { Icon } from "./parts/icons.tsx";
import { PlaceSwitch } from "./parts/place-switch.tsx";
import { analyzing, PAGES, type Page, page, settings, useTranslate } from "./state/app.ts";
import { useStore } from "./state/store.ts";

const CONTENT: Readonly<Record<Page, FunctionComponent>> = {
  start: StartPage,
  live: LivePage,
  text: TextPage,
  files: FilesPage,
  train: TrainPage,
  history: HistoryPage,
};

function Brand() {
  return (
    <a class="brand" href="#/start">
      <svg viewBox="0 0 64 64" aria-hidden="true">
        <rect width="64" height="64" rx="15" fill="var(--accent)" />
        <path
          d="M14 37c4-14 9-14 12 0s8 14 12 0 8-14 12 0"
          fill="none"
          stroke="var(--accent-ink)"
          stroke-width="5"
          stroke-linecap="round"
        />
        <circle cx="32" cy="18" r="4" fill="#f2b84b" />
      </svg>
      affekt
    </a>
  );
}

function Tools() {
  const t = useTranslate();
  const { language, theme } = useStore(settings);
  const dark = theme === "dark";
  return (
    <div class="tools">
      <button
        type="button"
        class="icon-button"
        lang={language === "en" ? "zh-Hans" : "en"}
        title={t("settings.languageHint")}
        onClick={() => settings.update((own) => ({ ...own, language: own.language === "en" ? "zh" : "en" }))}
      >
        {t("settings.language")}
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={t(dark ? "settings.light" : "settings.dark")}
        title={t(dark ? "settings.light" : "settings.dark")}
        onClick={() => settings.update((own) => ({ ...own, theme: dark ? "light" : "dark" }))}
      >
        <Icon name={dark ? "sun" : "moon"} />
      </button>
    </div>
  );
}

export function App() {
  const t = useTranslate();
  const current = useStore(page);
  const Content = CONTENT[current];
  const title = t(`nav.${current}`);
  const active = useStore(analyzing) ? `● ${t("live.active")} · ` : "";
  useEffect(() => {
    document.title = current === "start" ? "affekt" : `${active}${title} · affekt`;
  }, [current, title, active]);
  return (
    <div class="shell">
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("content")?.focus();
        }}
      >
        {t("app.skip")}
      </a>
      <header class="bar">
        <Brand />
        <nav class="pages" aria-label={t("app.menu")}>
          {PAGES.map((one) => (
            <a key={one} href={`#/${one}`} aria-current={one === current ? "page" : undefined}>
              <Icon name={one} />
              {t(`nav.${one}`)}
            </a>
          ))}
        </nav>
        <PlaceSwitch />
        <Tools />
      </header>
      <main class="main" id="content" tabIndex={-1}>
        <Content />
      </main>
      <footer class="foot">
        <div>
          <p>{t("app.limits")}</p>
          <a href="/docs">{t("app.documentation")}</a>
        </div>
      </footer>
    </div>
  );
}
