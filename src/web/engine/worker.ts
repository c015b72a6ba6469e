/** The worker that recognizes on this device: the page only shows. Media come in, answers go out, nothing else leaves. */
import { AffektError } from "../../core/errors.ts";
import type { Picture } from "../../core/media.ts";
import type { Modality } from "../../core/modality.ts";
import { createExplainer, type Explainer } from "../../explain/explainer.ts";
import { type PagePlayer, webMedia } from "../../platform/web/media.ts";
import { webParts } from "../../platform/web/open.ts";
import { frameOf } from "../../platform/web/picture.ts";
import { webRuntime } from "../../platform/web/runtime.ts";
import type { Catalogue } from "../../recognize/catalogue.ts";
import { createRecognizer, type Recognizer, sharedParts } from "../../recognize/recognizer.ts";
import type { StreamEvent } from "../../recognize/stream/events.ts";
import { createStreams, type StreamSession, type Streams } from "../../recognize/stream/streams.ts";
import type { Answer, Ask, Failure, FromWorker, Play, Played, ToWorker } from "./protocol.ts";

/** As far as it is used here; the types of workers and of pages exclude each other. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
}
const scope = globalThis as unknown as WorkerScope;

interface Opened {
  readonly recognizer: Recognizer;
  readonly explainer: Explainer;
  readonly streams: Streams;
}

/** As many as the page sends; how many that are is the page's choice. */
const LIVE_FPS = 30;

let opened: Promise<Opened> | undefined;
const sessions = new Map<number, StreamSession>();
const aborts = new Map<number, AbortController>();
const playing = new Map<number, { resolve(value: Played): void; reject(error: Error): void }>();
let played = 0;

function play(wanted: Play): Promise<Played> {
  const id = played++;
  scope.postMessage({ type: "play", id, play: wanted });
  return new Promise((resolve, reject) => void playing.set(id, { resolve, reject }));
}

const player: PagePlayer = {
  info: (source) => play({ kind: "info", source }) as ReturnType<PagePlayer["info"]>,
  sound: (source, sampleRate) => play({ kind: "sound", source, sampleRate }) as ReturnType<PagePlayer["sound"]>,
  frame: (source, timeMs, maxSide) =>
    play({ kind: "frame", source, timeMs, maxSide }) as ReturnType<PagePlayer["frame"]>,
};

async function open(catalogueUrl: string, wasm: string): Promise<Opened> {
  const reply = await fetch(catalogueUrl);
  if (!reply.ok) {
    throw new AffektError("unavailable", `The list of models answered ${reply.status}.`, "Load the page again.");
  }
  const catalogue = (await reply.json()) as Catalogue;
  const parts = sharedParts({ ...webParts(webRuntime(wasm), catalogue), media: webMedia(player) });
  const settings = catalogue.pool === undefined ? {} : { pool: catalogue.pool };
  const recognizer = createRecognizer(parts, settings);
  return {
    recognizer,
    explainer: createExplainer(parts, recognizer, settings),
    streams: createStreams(parts, settings),
  };
}

function isOpened(): Promise<Opened> {
  if (opened !== undefined) return opened;
  throw new AffektError("internal", "The engine was asked before it was opened.", "Load the page again.");
}

/** What has been asked to be quick already. */
const warmed = new Map<Modality, Promise<void>>();

/** The first look of a network takes longest: it is at nothing, before somebody waits. */
async function warmOne(modality: Modality): Promise<void> {
  const { recognizer, streams } = await isOpened();
  if (!streams.modalities.includes(modality)) return;
  await streams.warm([modality]);
  if (modality === "text") await recognizer.recognize({ text: "." }).catch(() => undefined);
  if (modality !== "face") return;
  const blank: Picture = { data: new Uint8Array(3 * 64 * 36), width: 64, height: 36, channels: 3 };
  const glance = streams.open({ modalities: ["face"] }, () => undefined);
  glance.frame(blank, { timeMs: 0 });
  await glance.settled();
  glance.close();
}

/** Loads what is needed, so that the first answer is quick; what is there, or on its way, is not loaded again. */
async function warm(modalities: readonly Modality[]): Promise<void> {
  await Promise.all(
    modalities.map((modality) => {
      const own = warmed.get(modality) ?? warmOne(modality);
      warmed.set(modality, own);
      own.catch(() => warmed.delete(modality));
      return own;
    }),
  );
}

function session(number: number): StreamSession {
  const found = sessions.get(number);
  if (found !== undefined) return found;
  throw new AffektError("aborted", "The session has ended.", "Start another.");
}

async function answer(ask: Ask, signal: AbortSignal): Promise<Answer> {
  switch (ask.kind) {
    case "open":
      opened ??= open(ask.catalogue, ask.wasm);
      opened.catch(() => {
        opened = undefined;
      });
      return (await opened).streams.modalities;
    case "warm":
      await warm(ask.modalities);
      return undefined;
    case "recognize":
      return (await isOpened()).recognizer.recognize(ask.inputs, { signal });
    case "explain":
      return (await isOpened()).explainer.explain(ask.inputs, { label: ask.label, signal });
    case "live-start": {
      const { streams } = await isOpened();
      const modalities = streams.modalities.filter((one) => ask.modalities.includes(one));
      const emit = (event: StreamEvent): void => scope.postMessage({ type: "event", session: ask.session, event });
      sessions.set(ask.session, streams.open({ modalities, fps: LIVE_FPS }, emit));
      return undefined;
    }
    case "live-frame": {
      // First, so that it is closed where the session has just ended.
      const picture = await frameOf(ask.frame);
      const own = session(ask.session);
      own.frame(picture, { timeMs: ask.timeMs });
      await own.welcome();
      return { width: picture.width, height: picture.height };
    }
    case "live-sound":
      session(ask.session).sound(ask.sound, { timeMs: ask.timeMs });
      return undefined;
    case "live-text":
      session(ask.session).text(ask.text, { startMs: ask.timeMs });
      return undefined;
    case "live-stop":
      sessions.get(ask.session)?.close();
      sessions.delete(ask.session);
      return undefined;
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof AffektError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: "internal", message: String(error), hint: "Load the page again; if that does not help, report it." };
}

scope.onmessage = ({ data }) => {
  if (data.type === "abort") {
    aborts.get(data.id)?.abort();
    return;
  }
  if (data.type === "played") {
    const { resolve, reject } = playing.get(data.id) ?? {};
    playing.delete(data.id);
    if (data.failed === undefined) resolve?.(data.value as Played);
    else reject?.(new AffektError("media", data.failed, "Use another file."));
    return;
  }
  const { id, ask } = data;
  const abort = new AbortController();
  aborts.set(id, abort);
  answer(ask, abort.signal)
    .then(
      (value) => scope.postMessage({ type: "answer", id, value }),
      (error: unknown) => scope.postMessage({ type: "failure", id, failure: failureOf(error) }),
    )
    .finally(() => aborts.delete(id));
};
