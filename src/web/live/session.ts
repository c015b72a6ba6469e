/** One live session of the page: devices, engine and state, from consent to the last trace gone. */
import type { Modality } from "../../core/modality.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { LiveListener, Use } from "../engine/engine.ts";
import { engineAt } from "../state/app.ts";
import { afterEvent, afterMoment, afterSay, afterTrouble, type LiveState, NOTHING_YET } from "../state/live.ts";
import type { Place } from "../state/settings.ts";
import { createStore, type Store } from "../state/store.ts";
import { eachFrame, eachSound, openDevices, type Wanted } from "./capture.ts";

export interface RunningSession {
  readonly place: Place;
  readonly using: Wanted;
  /** Whether words are looked at. */
  readonly words: boolean;
  readonly devices: MediaStream | undefined;
  readonly state: Store<LiveState>;
  /** Whether the server is there; always true on the device. */
  readonly connected: Store<boolean>;
  /** Whether the browser writes along what is said, for which it may send the sound to its maker. */
  readonly captions: Store<boolean>;
  /** Width and height of the frames that boxes are given in. */
  readonly frameSize: Store<readonly [number, number]>;
  /** Ms since the session began. */
  now(): number;
  /** Begins to look at the camera's picture. */
  watch(video: HTMLVideoElement): void;
  /** @returns whether it was taken: not while the server is gone */
  say(text: string): boolean;
}

/** From moment to moment of the timeline. */
const MOMENT_MS = 250;

/**
 * @param refused told when the engine will not go on, or a device is gone; the session has been stopped then
 * @param signal stops the session, while it starts too: devices that were shared by then, or are shared later, are let go
 * @throws DOMException of getUserMedia, or `AbortError`; AffektError of the engine
 */
export async function startSession(
  place: Place,
  using: Wanted,
  { scenario, use }: { readonly scenario?: Scenario; readonly use?: Use },
  refused: (error: Error) => void,
  signal: AbortSignal,
): Promise<RunningSession> {
  const { camera, microphone } = using;
  const state = createStore(NOTHING_YET);
  const connected = createStore(true);
  const captions = createStore(false);
  const frameSize = createStore<readonly [number, number]>([1, 1]);
  const wanted: Modality[] = ["text", ...(camera ? ["face" as const] : []), ...(microphone ? ["speech" as const] : [])];
  const ends: (() => void)[] = [];
  const stop = (): void => {
    for (const end of ends.splice(0)) end();
  };
  signal.addEventListener("abort", stop);
  /** For the stop; at once where it has come meanwhile. */
  function atEnd(end: () => void): void {
    ends.push(end);
    if (signal.aborted) stop();
    signal.throwIfAborted();
  }
  // The models come while the person is asked for the devices.
  const opening = engineAt(place).then(async (engine) => {
    const there = await engine.modalities();
    const modalities = wanted.filter((one) => there.includes(one) && (scenario?.modalities.includes(one) ?? true));
    await engine.warm(modalities);
    return { engine, modalities };
  });
  opening.catch(() => undefined);
  try {
    const devices = camera || microphone ? await openDevices(using) : undefined;
    atEnd(() => devices?.getTracks().forEach((track) => track.stop()));
    // Unplugged, or no longer allowed; not so where it is stopped here.
    const gone = (): void => {
      stop();
      refused(Object.assign(new Error("A device is gone."), { name: "DeviceGone" }));
    };
    for (const track of devices?.getTracks() ?? []) track.addEventListener("ended", gone);
    const { engine, modalities } = await opening;
    let began = performance.now();
    const now = (): number => performance.now() - began;
    signal.throwIfAborted();
    const listener: LiveListener = {
      event: (event) => state.update((own) => afterEvent(own, event, now())),
      connected: (is) => connected.set(is),
      refused(error) {
        stop();
        refused(error);
      },
    };
    const stream = await engine.live(modalities, listener, use);
    atEnd(() => void stream.close().catch(() => undefined));
    began = performance.now();
    const timer = setInterval(() => state.update((own) => afterMoment(own, now())), MOMENT_MS);
    atEnd(() => clearInterval(timer));
    if (microphone && devices !== undefined) {
      let heardMs: number | undefined;
      atEnd(
        await eachSound(devices, (samples, sampleRate) => {
          const ms = (1000 * samples.length) / sampleRate;
          heardMs ??= Math.max(0, now() - ms);
          stream.sound(samples, sampleRate, heardMs);
          heardMs += ms;
        }),
      );
    }
    return {
      place,
      using,
      words: modalities.includes("text"),
      devices,
      state,
      connected,
      captions,
      frameSize,
      now,
      watch(video) {
        ends.push(
          eachFrame(
            video,
            async (frame, at) => {
              const { width, height } = await stream.frame(frame, Math.max(0, at - began));
              frameSize.update((own) => (own[0] === width && own[1] === height ? own : [width, height]));
            },
            (error) => state.update((own) => afterTrouble(own, error)),
          ),
        );
      },
      say(text) {
        const timeMs = Math.round(now());
        const taken = stream.text(text, timeMs);
        if (taken) state.update((own) => afterSay(own, { text, timeMs }));
        return taken;
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}
