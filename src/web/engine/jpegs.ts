/** JPEGs of frames, made by a worker that is started with the first one; after a worker that failed comes another. */
import { AffektError } from "../../core/errors.ts";
import type { Shown } from "../../platform/web/picture.ts";
import type { JpegAnswer, JpegAsk } from "./jpeg-worker.ts";

export interface Jpegs {
  /** Takes the frame over. @throws AffektError `media`; `internal` if the worker failed; `aborted` if it was closed */
  of(frame: Shown): Promise<Uint8Array>;
  close(): void;
}

export function openJpegs(): Jpegs {
  let worker: Worker | undefined;
  let next = 0;
  const waiting = new Map<number, { resolve(bytes: Uint8Array): void; reject(error: Error): void }>();

  function rejectAll(error: AffektError): void {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function start(): Worker {
    const own = new Worker(new URL("./jpeg-worker.ts", import.meta.url), { type: "module" });
    own.addEventListener("message", ({ data }: MessageEvent<JpegAnswer>) => {
      const asker = waiting.get(data.id);
      waiting.delete(data.id);
      if ("bytes" in data) asker?.resolve(data.bytes);
      else asker?.reject(new AffektError("media", `The frame could not be sent: ${data.failed}`, "Try again."));
    });
    own.addEventListener("error", ({ message }) => {
      own.terminate();
      if (worker === own) worker = undefined;
      rejectAll(new AffektError("internal", `Frames cannot be sent: ${message}.`, "Load the page again."));
    });
    return own;
  }

  return {
    of(frame) {
      worker ??= start();
      const id = next++;
      const asked = new Promise<Uint8Array>((resolve, reject) => void waiting.set(id, { resolve, reject }));
      worker.postMessage({ id, frame } satisfies JpegAsk, [frame]);
      return asked;
    },
    close() {
      worker?.terminate();
      worker = undefined;
      rejectAll(new AffektError("aborted", "The session has ended.", "Start another."));
    },
  };
}
