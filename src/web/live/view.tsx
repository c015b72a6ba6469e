/** A running session: what is seen and heard, what it appears to express now, and how that came about. */
import { useEffect, useRef, useState } from "preact/hooks";
import { affectOf } from "../../core/affect.ts";
import { EMOTIONS } from "../../core/emotion.ts";
import { AffectPlane } from "../parts/affect-plane.tsx";
import { FurtherColumnsOf } from "../parts/further-columns.tsx";
import { Icon } from "../parts/icons.tsx";
import { Mark } from "../parts/mark.tsx";
import { useProblemText } from "../parts/problem.tsx";
import { ScoreBars, Verdict, Weights } from "../parts/result.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { WeightRiver } from "../parts/weight-river.tsx";
import { analyzing, settings, useLabel, useTranslate } from "../state/app.ts";
import { type Moment, nowOf, TIMELINE_MS } from "../state/live.ts";
import { useStore } from "../state/store.ts";
import { Alerts } from "./alerts.tsx";
import { hasCaptions, startCaptions } from "./captions.ts";
import type { RunningSession } from "./session.ts";
import { Stage } from "./stage.tsx";
import { whereKeys } from "./where.ts";

interface ViewProps {
  readonly session: RunningSession;
  stop(): void;
}

function ActiveNotice({ session, stop }: ViewProps) {
  const t = useTranslate();
  const { camera, microphone } = session.using;
  const captions = useStore(session.captions);
  const notice = useRef<HTMLDivElement>(null);
  // Whoever started it by keyboard is one step from the stop, and hears what is on.
  useEffect(() => notice.current?.focus({ preventScroll: true }), []);
  const what = [...(camera ? [t("live.camera")] : []), ...(microphone ? [t("live.microphone")] : [])];
  return (
    <div ref={notice} class="active-notice" role="status" tabIndex={-1}>
      <span class="pulse" aria-hidden="true" />
      <p>
        <strong>{t("live.active")}</strong>
        <span>
          {[
            ...(what.length > 0 ? [t("live.activeWith", { what: what.join(" + ") })] : []),
            ...whereKeys(session.place, captions).map((key) => t(key)),
          ].join(" · ")}
        </span>
      </p>
      <button type="button" class="button small danger" onClick={stop}>
        <Icon name="stop" fill="currentColor" />
        {t("live.stop")}
      </button>
    </div>
  );
}

function Utterances({ session }: Pick<ViewProps, "session">) {
  const t = useTranslate();
  const name = useLabel();
  const { utterances } = useStore(session.state);
  const seconds = (ms: number): string =>
    `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;
  return (
    <section class="card stack">
      <h2 class="card-title">{t("live.utterances")}</h2>
      {utterances.length === 0 ? <p class="soft">{t("live.noUtterances")}</p> : null}
      {/* It scrolls: without a place in the tab order nobody could do so by keyboard. */}
      <ol class="utterances" aria-live="polite" aria-label={t("live.utterances")} tabIndex={0}>
        {[...utterances].reverse().map(({ utterance, startMs, endMs, prediction, words }) => (
          <li key={utterance} class={`of-${prediction.label ?? "none"}`}>
            <Mark label={prediction.label} />
            <span>{prediction.label === null ? t("result.uncertain") : name(prediction.label)}</span>
            <span class="soft small">
              {Object.keys(prediction.modalities)
                .map((one) => t(`modality.${one as "text"}`))
                .join(" + ")}
            </span>
            <time class="soft small">
              {seconds(startMs)}–{seconds(endMs)}
            </time>
            {words.length === 0 ? null : <q class="said">{words.join(" ")}</q>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Length of the trail on the plane, in moments. */
const TRAIL = 24;

function placeOf({ scores }: Moment) {
  return scores && affectOf(EMOTIONS.map((label, at) => ({ label, score: scores[at] ?? 0 })));
}

/** Words by the browser's own speech recognition; off until somebody turns it on. */
function Captions({ session }: Pick<ViewProps, "session">) {
  const t = useTranslate();
  const { language } = useStore(settings);
  const on = useStore(session.captions);
  const setOn = session.captions.set;
  const [failed, setFailed] = useState<string>();
  useEffect(() => {
    if (!on) return undefined;
    return startCaptions(language === "zh" ? "zh-CN" : "en-US", {
      said: (text) => session.say(text),
      failed: (reason) => {
        setFailed(reason);
        setOn(false);
      },
    });
  }, [on, setOn, language, session]);
  if (!hasCaptions()) return <p class="small soft">{t("live.noCaptions")}</p>;
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            setFailed(undefined);
            setOn(event.currentTarget.checked);
          }}
        />
        <span>{t("live.captions")}</span>
      </label>
      <p class="small soft" role={failed === undefined ? undefined : "alert"}>
        {t(failed === undefined ? "live.captionsHint" : "live.captionsFailed")}
      </p>
    </>
  );
}

function TypeAlong({ session }: Pick<ViewProps, "session">) {
  const t = useTranslate();
  const connected = useStore(session.connected);
  const [text, setText] = useState("");
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === "") return;
        if (session.say(text)) setText("");
      }}
    >
      <label class="card-title" for="say">
        {t("live.say")}
      </label>
      <div class="say">
        <input
          id="say"
          class="field"
          autocomplete="off"
          maxLength={2000}
          placeholder={t("live.sayPlaceholder")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={!connected}>
          {t("live.send")}
        </button>
      </div>
      {session.using.microphone ? <Captions session={session} /> : null}
    </form>
  );
}

/** Moments, a second apart, over which frames are counted. */
const RATE_OVER = 4;

export function LiveView({ session, stop }: ViewProps) {
  const t = useTranslate();
  const state = useStore(session.state);
  const connected = useStore(session.connected);
  const problem = useProblemText();
  useEffect(() => {
    analyzing.set(true);
    return () => analyzing.set(false);
  }, []);
  const [rate, setRate] = useState(0);
  useEffect(() => {
    let seen: { readonly at: number; readonly frames: number }[] = [];
    const timer = setInterval(() => {
      const now = { at: performance.now(), frames: session.state.get().frames };
      seen = [...seen, now].slice(-RATE_OVER);
      const [first = now] = seen;
      if (now.at > first.at) setRate((1000 * (now.frames - first.frames)) / (now.at - first.at));
    }, 1000);
    return () => clearInterval(timer);
  }, [session]);
  const nowMs = session.now();
  const now = nowOf(state, nowMs);
  return (
    <>
      <h1 class="hidden-label">{t("live.title")}</h1>
      <ActiveNotice session={session} stop={stop} />
      {connected ? null : (
        <p class="notice alert" role="alert">
          {t("live.reconnecting")}
        </p>
      )}
      <p class={state.trouble === undefined ? "hidden-label" : "notice"} role="status">
        {state.trouble === undefined ? "" : problem(state.trouble.code, state.trouble.message)}
      </p>
      <Alerts session={session} />
      <div class="live-view">
        <div class="stack">
          <Stage session={session} />
          <p class="status small soft">
            {session.using.microphone && connected ? (
              <span class={state.speaking ? "speaking on" : "speaking"}>
                <Icon name="microphone" /> {t(state.speaking ? "live.speaking" : "live.silent")}
              </span>
            ) : null}
            {session.using.camera ? <span>{t("live.rate", { count: Math.round(rate) })}</span> : null}
          </p>
          <section class="card stack">
            <h2 class="card-title">{t("live.timeline")}</h2>
            <Timeline
              moments={state.moments}
              fromMs={Math.max(0, nowMs - TIMELINE_MS)}
              toMs={Math.max(10_000, nowMs)}
            />
            <h3 class="small-title">{t("live.weights")}</h3>
            <WeightRiver
              moments={state.moments}
              fromMs={Math.max(0, nowMs - TIMELINE_MS)}
              toMs={Math.max(10_000, nowMs)}
            />
          </section>
        </div>
        <div class="stack">
          <section class="card stack now" aria-label={t("live.now")}>
            {now === undefined ? (
              <div class="empty">
                <Mark label={null} />
                <p>{t("live.waiting")}</p>
              </div>
            ) : (
              <>
                <Verdict {...now} />
                <ScoreBars scores={now.scores} order={EMOTIONS} />
                <Weights modalities={now.modalities} />
                <FurtherColumnsOf modalities={now.modalities} />
              </>
            )}
          </section>
          <section class="card stack">
            <h2 class="card-title">{t("affect.title")}</h2>
            <AffectPlane trail={state.moments.slice(-TRAIL).map(placeOf)} />
          </section>
          {session.words ? <TypeAlong session={session} /> : null}
          <Utterances session={session} />
        </div>
      </div>
    </>
  );
}
