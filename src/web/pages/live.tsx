/** Live: consent first, then camera, microphone and words together, with the notice and the stop always in sight. */
import { useEffect, useRef, useState } from "preact/hooks";
import { MODALITIES } from "../../core/modality.ts";
import type { Wanted } from "../live/capture.ts";
import { Consent } from "../live/consent.tsx";
import { type RunningSession, startSession } from "../live/session.ts";
import { LiveView } from "../live/view.tsx";
import { Problem } from "../parts/problem.tsx";
import { Promises } from "../parts/promises.tsx";
import { engineAt, settings, useTranslate } from "../state/app.ts";
import type { Place } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import type { ChosenUse } from "../state/use.ts";

type Phase =
  | { readonly name: "asking" }
  | { readonly name: "starting" }
  | { readonly name: "running"; readonly session: RunningSession }
  | { readonly name: "ended"; readonly place: Place }
  | { readonly name: "failed"; readonly error: unknown };

export function LivePage() {
  const t = useTranslate();
  const { place } = useStore(settings);
  const [phase, setPhase] = useState<Phase>({ name: "asking" });
  /** What starts or runs. */
  const current = useRef<{ readonly place: Place; readonly abort: AbortController }>();

  function stop(): void {
    current.current?.abort.abort();
    current.current = undefined;
  }
  function end(): void {
    setPhase({ name: "ended", place: current.current?.place ?? place });
    stop();
    // The button that was pressed is gone.
    document.getElementById("content")?.focus({ preventScroll: true });
  }
  // Models may be fetched before anybody agrees to anything: the first answer is then there sooner.
  useEffect(() => {
    void engineAt(place)
      .then((engine) => engine.warm(MODALITIES))
      .catch(() => undefined);
  }, [place]);
  // Leaving the page, or choosing another place, ends the session.
  useEffect(() => stop, []);
  useEffect(() => {
    if (current.current !== undefined && current.current.place !== place) end();
  }, [place]);

  function start(wanted: Wanted, chosen: ChosenUse): void {
    stop();
    const abort = new AbortController();
    current.current = { place, abort };
    setPhase({ name: "starting" });
    const fail = (error: unknown): void => {
      // What was stopped may fail in any way.
      if (abort.signal.aborted) return;
      stop();
      setPhase({ name: "failed", error });
    };
    startSession(place, wanted, chosen, fail, abort.signal).then((session) => {
      if (!abort.signal.aborted) setPhase({ name: "running", session });
    }, fail);
  }

  if (phase.name === "running") return <LiveView session={phase.session} stop={end} />;
  return (
    <>
      <div class="page-head">
        <h1>{t("live.title")}</h1>
        <p class="soft">{t("live.lead")}</p>
      </div>
      <div class="consent">
        <div class="stack">
          {phase.name === "failed" ? <Problem error={phase.error} /> : null}
          {phase.name === "ended" ? (
            <p class="notice" role="status">
              {t(phase.place === "server" ? "live.endedServer" : "live.ended")}
            </p>
          ) : null}
          <Consent starting={phase.name === "starting"} place={place} start={start} stop={end} />
        </div>
        <Promises />
      </div>
    </>
  );
}
