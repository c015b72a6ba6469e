/** Live: consent first, then camera, microphone and words together, with the notice and the stop always in sight. */
import { useEffect, useRef, useState } from "preact/hooks";
import { MODALITIES } from "../../core/modality.ts";
import type { Wanted } from "../live/capture.ts";
import { type ChosenUse, Consent } from "../live/consent.tsx";
import { type RunningSession, startSession } from "../live/session.ts";
import { LiveView } from "../live/view.tsx";
import { Problem } from "../parts/problem.tsx";
import { Promises } from "../parts/promises.tsx";
import { engineAt, settings, useTranslate } from "../state/app.ts";
import type { Place } from "../state/settings.ts";
import { useStore } from "../state/store.ts";

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
  const running = useRef<RunningSession>();
  /** Counts starts and stops: what was started before the last stop must not come to life after it. */
  const turn = useRef(0);

  function stop(): void {
    turn.current++;
    running.current?.stop();
    running.current = undefined;
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
    if (running.current !== undefined && running.current.place !== place) {
      setPhase({ name: "ended", place: running.current.place });
      stop();
    }
  }, [place]);

  function start(wanted: Wanted, chosen: ChosenUse): void {
    stop();
    const own = turn.current;
    setPhase({ name: "starting" });
    const fail = (error: unknown): void => {
      if (own !== turn.current) return;
      stop();
      setPhase({ name: "failed", error });
    };
    startSession(place, wanted, chosen, fail).then((session) => {
      if (own !== turn.current) {
        session.stop();
      } else if (settings.get().place !== place) {
        // Another place was chosen meanwhile.
        session.stop();
        setPhase({ name: "ended", place });
      } else {
        running.current = session;
        setPhase({ name: "running", session });
      }
    }, fail);
  }

  if (phase.name === "running") {
    return (
      <LiveView
        session={phase.session}
        stop={() => {
          stop();
          setPhase({ name: "ended", place: phase.session.place });
        }}
      />
    );
  }
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
          <Consent starting={phase.name === "starting"} place={place} start={start} />
        </div>
        <Promises />
      </div>
    </>
  );
}
