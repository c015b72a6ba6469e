/**
 * The engine on this device, as the page sees it. Also built as `/engine.js`, so that another page of the same server may
 * import it: `const engine = await openDeviceEngine(); await engine.recognize({ text: "…" })`.
 */
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { AffektError } from "../../core/errors.ts";
import type { Explanation } from "../../core/explanation.ts";
import type { Modality } from "../../core/modality.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Size } from "../../platform/web/picture.ts";
import { isWav } from "../../preprocess/speech/wav.ts";
import { CATALOGUE_PATH } from "../../recognize/catalogue.ts";
import type { Engine, Given, LiveListener } from "./engine.ts";
import { decodeSound, filmPlayer } from "./film.ts";
import type { Answer, Ask, FromWorker, ToWorker, WorkerInputs } from "./protocol.ts";

const SPEECH_RATE = 16_000;

interface Waiting {
  resolve(value: Answer): void;
  reject(error: Error): void;
}

/** What the worker is told, of which the page decodes what only a page can. */
async function forWorker({ text, image, audio }: Given): Promise<WorkerInputs> {
  const sound = audio === undefined ? undefined : await audio.arrayBuffer();
  return {
    ...(text === undefined ? {} : { text }),
    ...(image === undefined ? {} : { image: new Uint8Array(await image.arrayBuffer()) }),
    ...(sound === undefined
      ? {}
      : { audio: isWav(new Uint8Array(sound)) ? new Uint8Array(sound) : await decodeSound(sound, SPEECH_RATE) }),
  };
}

/**
 * @param failed told once if the engine breaks later: it answers nothing any more, and another must be opened
 * @throws AffektError `unavailable` if the list of models cannot be fetched
 */
export async function openDeviceEngine(failed: (error: AffektError) => void = () => undefined): Promise<Engine> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<number, LiveListener>();
  const films = filmPlayer();
  let asked = 0;
  let sessions = 0;
  let broken: AffektError | undefined;
  const send = (message: ToWorker, transfer: Transferable[] = []): void => worker.postMessage(message, transfer);

  function ask(
    wanted: Ask,
    { signal, transfer }: { signal?: AbortSignal | undefined; transfer?: Transferable[] } = {},
  ) {
    const id = asked++;
    const stop = (): void => send({ type: "abort", id });
    return new Promise<Answer>((resolve, reject) => {
      if (broken !== undefined) throw broken;
      waiting.set(id, { resolve, reject });
      signal?.addEventListener("abort", stop);
      send({ type: "ask", id, ask: wanted }, transfer);
      // Stopped while the page still read the file.
      if (signal?.aborted) stop();
    }).finally(() => signal?.removeEventListener("abort", stop));
  }

  /** Films have a name for as long as the worker is busy with them. */
  async function withInputs<T>(
    given: Given,
    progress: ((share: number) => void) | undefined,
    work: (inputs: WorkerInputs) => Promise<T>,
  ): Promise<T> {
    const inputs = await forWorker(given);
    if (given.video === undefined) return work(inputs);
    const video = films.add(given.video, progress);
    try {
      return await work({ ...inputs, video });
    } finally {
      films.remove(video);
    }
  }

  worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
    switch (data.type) {
      case "answer":
        waiting.get(data.id)?.resolve(data.value);
        waiting.delete(data.id);
        break;
      case "failure": {
        const { code, message, hint } = data.failure;
        waiting.get(data.id)?.reject(new AffektError(code, message, hint));
        waiting.delete(data.id);
        break;
      }
      case "event":
        listeners.get(data.session)?.event(data.event);
        break;
      case "play":
        films.play(data.play).then(
          (value) => send({ type: "played", id: data.id, value }, value instanceof ImageBitmap ? [value] : []),
          (error: unknown) =>
            send({ type: "played", id: data.id, failed: error instanceof Error ? error.message : String(error) }),
        );
        break;
    }
  });
  worker.addEventListener("error", ({ message }) => {
    if (broken !== undefined) return;
    broken = new AffektError("internal", `The engine failed: ${message}.`, "Load the page again.");
    worker.terminate();
    for (const { reject } of waiting.values()) reject(broken);
    waiting.clear();
    for (const listener of listeners.values()) listener.refused(broken);
    listeners.clear();
    failed(broken);
  });

  let modalities: readonly Modality[];
  try {
    modalities = (await ask({ kind: "open", catalogue: CATALOGUE_PATH, wasm })) as readonly Modality[];
  } catch (error) {
    // Whoever tries again gets another one.
    worker.terminate();
    throw error;
  }
  return {
    modalities: async () => modalities,
    recognize: (given, signal, progress) =>
      withInputs(
        given,
        progress,
        async (inputs) => (await ask({ kind: "recognize", inputs }, { signal })) as Prediction,
      ),
    explain: (given, label, signal) =>
      withInputs(
        given,
        undefined,
        async (inputs) => (await ask({ kind: "explain", inputs, label }, { signal })) as Explanation,
      ),
    async warm(wanted) {
      await ask({ kind: "warm", modalities: wanted });
    },
    async live(wanted, listener) {
      const session = sessions++;
      listeners.set(session, listener);
      await ask({ kind: "live-start", session, modalities: wanted });
      return {
        async frame(frame, timeMs) {
          return (await ask({ kind: "live-frame", session, frame, timeMs }, { transfer: [frame] })) as Size;
        },
        sound(samples, sampleRate, timeMs) {
          const sound = { samples, sampleRate };
          void ask({ kind: "live-sound", session, sound, timeMs }, { transfer: [samples.buffer] }).catch(
            () => undefined,
          );
        },
        text(text, timeMs) {
          void ask({ kind: "live-text", session, text, timeMs }).catch(() => undefined);
          return true;
        },
        async close() {
          await ask({ kind: "live-stop", session });
          listeners.delete(session);
        },
      };
    },
    close: () => worker.terminate(),
  };
}
