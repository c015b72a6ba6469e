/** A live stream through the server: a socket that comes back by itself, and goes on where it was. */
import { AffektError, ERROR_CODES } from "../../core/errors.ts";
import type { Modality } from "../../core/modality.ts";
import { drawnSize } from "../../platform/web/picture.ts";
import type { LiveEvent, LiveListener, LiveStream, Use } from "./engine.ts";
import { openJpegs } from "./jpegs.ts";
import { serviceKey } from "./service.ts";

/** Frames sent per second: more would only wait. */
const FPS = 8;
/** Beyond so many bytes that wait to be sent, frames are left out. */
const MOST_WAITING = 400_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5_000;
/** With these there is no use in trying again. */
const FINAL: ReadonlySet<string> = new Set(["forbidden", "policy", "unauthorized"]);
/** The code that the server closes with when a key is no longer valid. */
const KEY_GONE = 4401;

type Said =
  | LiveEvent
  | { readonly type: "opened" | "resumed"; readonly stream: string }
  | {
      readonly type: "problem";
      readonly problem: { readonly code: string; readonly detail?: string; readonly hint?: string };
    }
  | { readonly type: "finished" | "pong" };

function message(header: Readonly<Record<string, unknown>>, media: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(4 + head.length + media.length);
  new DataView(out.buffer).setUint32(0, head.length, true);
  out.set(head, 4);
  out.set(media, 4 + head.length);
  return out;
}

/** 16-bit little-endian, as every browser's machine has it. */
function pcm16(samples: Float32Array): Uint8Array {
  const out = new Int16Array(samples.length);
  for (const [at, sample] of samples.entries()) out[at] = Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
  return new Uint8Array(out.buffer);
}

function refused({ code, detail, hint }: Extract<Said, { type: "problem" }>["problem"]): AffektError {
  const known = ERROR_CODES.find((one) => one === code) ?? "unavailable";
  return new AffektError(known, detail ?? code, hint ?? "Analyze on this device.");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @throws AffektError `unavailable` if the first connection fails, or what the server says against it */
export async function openSocketStream(
  modalities: readonly Modality[],
  listener: LiveListener,
  use?: Use,
): Promise<LiveStream> {
  let socket: WebSocket | undefined;
  let stream: string | undefined;
  let seq = 0;
  /** A new stream counts from 1 again: for the page its numbers follow those of the streams before it. */
  let before = { utterances: 0, seq: 0 };
  let last = before;
  const jpegs = openJpegs();
  let closed = false;
  let retryMs = FIRST_RETRY_MS;
  const open = (): boolean => socket?.readyState === WebSocket.OPEN && stream !== undefined;

  function hear(said: LiveEvent): void {
    if (said.type === "partial" || said.type === "final") {
      const utterance = before.utterances + said.utterance;
      last = { ...last, utterances: Math.max(last.utterances, utterance) };
      listener.event({ ...said, utterance });
    } else if (said.type === "alert") {
      const own = before.seq + said.seq;
      last = { ...last, seq: Math.max(last.seq, own) };
      listener.event({ ...said, seq: own });
    } else {
      listener.event(said);
    }
  }

  function refuse(error: AffektError): void {
    if (closed) return;
    closed = true;
    socket?.close(1000);
    jpegs.close();
    listener.refused(error);
  }

  /** @param first who waits for the first connection */
  function connect(first?: { resolve(): void; reject(error: Error): void }): void {
    let waiting = first;
    let begun = false;
    /** The server may leave a connection open that it will not begin a stream on. */
    function fail(error: AffektError): void {
      closed = true;
      own.close(1000);
      jpegs.close();
      waiting?.reject(error);
    }
    const key = serviceKey();
    const address = `${location.origin.replace(/^http/u, "ws")}/v1/stream`;
    const own = new WebSocket(address, ["affekt", ...(key === null ? [] : [`affekt-key.${key}`])]);
    socket = own;
    own.addEventListener("open", () => {
      const begin =
        stream === undefined ? { type: "open", modalities, fps: FPS, ...use } : { type: "resume", stream, after: seq };
      own.send(JSON.stringify(begin));
    });
    own.addEventListener("message", ({ data }: MessageEvent<string>) => {
      const said = JSON.parse(data) as Said;
      switch (said.type) {
        case "opened":
        case "resumed":
          if (said.stream !== stream) {
            before = last;
            seq = 0;
          }
          stream = said.stream;
          begun = true;
          retryMs = FIRST_RETRY_MS;
          listener.connected(true);
          waiting?.resolve();
          waiting = undefined;
          return;
        case "problem":
          // What was to be resumed is no longer there: begin anew. Later problems are about one message only.
          if (!begun) stream = undefined;
          if (waiting !== undefined) fail(refused(said.problem));
          else if (FINAL.has(said.problem.code)) refuse(refused(said.problem));
          return;
        case "finished":
        case "pong":
          return;
        case "final":
        case "segment":
        case "alert":
          seq = (said as { seq?: number }).seq ?? seq;
          hear(said);
          return;
        default:
          hear(said);
      }
    });
    own.addEventListener("close", ({ code }) => {
      if (closed || own !== socket) return;
      if (waiting !== undefined) {
        fail(new AffektError("unavailable", `The server closed the stream (${code}).`, "Analyze on this device."));
        return;
      }
      if (code === KEY_GONE) {
        refuse(new AffektError("unauthorized", "The key is no longer valid.", "Give another one."));
        return;
      }
      listener.connected(false);
      setTimeout(() => closed || connect(), retryMs);
      retryMs = Math.min(LAST_RETRY_MS, 2 * retryMs);
    });
  }

  await new Promise<void>((resolve, reject) => connect({ resolve, reject }));
  return {
    async frame(frame, timeMs) {
      const size = drawnSize(frame);
      if (!open() || (socket?.bufferedAmount ?? 0) > MOST_WAITING) {
        frame.close();
      } else {
        const picture = await jpegs.of(frame);
        if (open()) socket?.send(message({ type: "frame", timeMs }, picture));
      }
      await pause(1000 / FPS);
      return size;
    },
    sound(samples, sampleRate, timeMs) {
      if (open()) socket?.send(message({ type: "sound", sampleRate, timeMs }, pcm16(samples)));
    },
    text(text, timeMs) {
      if (!open()) return false;
      socket?.send(JSON.stringify({ type: "text", text, startMs: timeMs }));
      return true;
    },
    async close() {
      closed = true;
      jpegs.close();
      if (open()) socket?.send(JSON.stringify({ type: "finish" }));
      socket?.close(1000);
    },
  };
}
