/** Text: the answer follows as a person writes. */
import { useEffect, useState } from "preact/hooks";
import type { Prediction } from "../../core/prediction.ts";
import { Icon } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { ResultCard } from "../parts/result.tsx";
import { engineAt, settings, useTranslate } from "../state/app.ts";
import { useStore } from "../state/store.ts";

const EXAMPLES = ["text.example1", "text.example2", "text.example3", "text.example4"] as const;
/** A pause in writing, in ms, after which the text is read. */
const PAUSE_MS = 250;

type Reading =
  | { readonly state: "empty" }
  | { readonly state: "reading"; readonly last: Prediction | undefined }
  | { readonly state: "read"; readonly last: Prediction }
  | { readonly state: "failed"; readonly error: unknown; readonly last?: undefined };

export function TextPage() {
  const t = useTranslate();
  const { place } = useStore(settings);
  const [text, setText] = useState("");
  const [attempt, setAttempt] = useState(0);
  const [reading, setReading] = useState<Reading>({ state: "empty" });

  useEffect(() => {
    void engineAt(place)
      .then((engine) => engine.warm(["text"]))
      .catch(() => undefined);
  }, [place]);

  useEffect(() => {
    if (text.trim() === "") {
      setReading({ state: "empty" });
      return undefined;
    }
    const abort = new AbortController();
    setReading((before) => ({ state: "reading", last: "last" in before ? before.last : undefined }));
    const timer = setTimeout(() => {
      // Half a sentence is no record of anything.
      engineAt(place)
        .then((engine) => engine.recognize({ text, keep: false }, abort.signal))
        .then(
          (last) => abort.signal.aborted || setReading({ state: "read", last }),
          (error: unknown) => abort.signal.aborted || setReading({ state: "failed", error }),
        );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, place, attempt]);

  const last = "last" in reading ? reading.last : undefined;
  return (
    <>
      <div class="page-head">
        <h1>{t("text.title")}</h1>
        <p class="soft">{t("text.lead")}</p>
      </div>
      <div class="two text-page">
        <div class="stack">
          <label class="hidden-label" for="text">
            {t("text.label")}
          </label>
          <textarea
            id="text"
            class="field writing"
            rows={6}
            maxLength={20_000}
            placeholder={t("text.placeholder")}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <p class="soft small">{t(`settings.${place}Hint`)}</p>
          <div class="stack examples">
            <h2 class="small-title">{t("text.examples")}</h2>
            <div class="row">
              {EXAMPLES.map((key) => (
                <button key={key} type="button" class="button small" onClick={() => setText(t(key))}>
                  {t(key)}
                </button>
              ))}
            </div>
          </div>
        </div>
        <section class="card" aria-label={t("result.title")} aria-live="polite" aria-busy={reading.state === "reading"}>
          {reading.state === "failed" ? (
            <Problem error={reading.error} again={() => setAttempt(attempt + 1)} />
          ) : last !== undefined ? (
            <ResultCard prediction={last} />
          ) : (
            <div class="empty">
              <Icon name="text" />
              <p>{t(reading.state === "reading" ? "app.loading" : "text.empty")}</p>
            </div>
          )}
        </section>
      </div>
    </>
  );
}
