/**
 * A stream that comes back by itself: what was said meanwhile is said again, and what was sent meanwhile is sent then,
 * as far as a stream can use it.
 */
import { AffektError } from "../core/errors.ts";
import { binaryMessage } from "./binary-message.ts";
import { createOutbox, type OutboxItem } from "./outbox.ts";
import { errorOf, wait } from "./requests.ts";
import { connect } from "./socket.ts";
import type { ClientOptions, SocketLike, StreamMessage, StreamRequest } from "./types.ts";

export type StreamState = "open" | "reconnecting" | "closed";

export interface StreamListener {
  /** Everything that the stream says, in order, each lasting event once. */
  message(message: StreamMessage): void;
  state?(state: StreamState): void;
}

export interface StreamHandle {
  /** Names it for followers. */
  readonly id: string;
  state(): StreamState;
  /**
   * Mono sound: floats in [-1, 1] or 16-bit integers. Never blocks; what the connection cannot take is left out, and
   * a `dropped` message says so.
   *
   * @throws AffektError `aborted` if the stream is closed
   */
  sound(
    samples: Float32Array | Int16Array,
    place: { readonly sampleRate: number; readonly timeMs?: number; readonly speaker?: string },
  ): void;
  /** A picture as an encoded file; JPEG is best. */
  frame(picture: Uint8Array, place: { readonly timeMs: number; readonly speaker?: string }): void;
  text(text: string, place?: { readonly startMs?: number; readonly endMs?: number; readonly speaker?: string }): void;
  /** Resolves when the last results have come. */
  finish(): Promise<void>;
  /** Leaves it at once. The service says its last results to itself, and keeps them. */
  close(): void;
}

/** Codes of closing after which another connection would end the same way. */
const FINAL_CODES: readonly number[] = [1000, 1007, 1008, 1009, 4401, 4408, 4409];
/** Bytes that wait in the connection: beyond the first, frames are left out; beyond the second, sound too. */
const FRAME_BYTES = 2 ** 20;
const SOUND_BYTES = 8 * 2 ** 20;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** @throws AffektError what the service says about the request, or `unavailable` */
export async function openStream(
  options: ClientOptions,
  request: StreamRequest,
  listener: StreamListener,
): Promise<StreamHandle> {
  const outbox = createOutbox();
  let socket: SocketLike | undefined;
  let state: StreamState = "reconnecting";
  let id = "";
  let last = 0;
  let heartbeatMs = 15_000;
  let resumeMs = 60_000;
  let isQuiet = false;
  let wasFinished = false;
  let finishing = false;
  let stopBeat: () => void = () => {};
  let over: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    over = resolve;
  });

  function become(next: StreamState): void {
    if (state === next) return;
    state = next;
    listener.state?.(next);
    if (next !== "closed") return;
    stopBeat();
    over();
  }

  function receive(message: StreamMessage): void {
    isQuiet = false;
    if (message.type === "pong") return;
    if ("seq" in message) {
      if (message.seq <= last) return;
      last = message.seq;
    }
    if (message.type === "finished") wasFinished = true;
    listener.message(message);
  }

  /** Connects and says the first message. @throws AffektError */
  async function begin(first: object): Promise<void> {
    const own = await connect(options);
    await new Promise<void>((resolve, reject) => {
      own.onmessage = ({ data }: { data: string }) => {
        const message = JSON.parse(data) as StreamMessage;
        if (message.type === "problem" && socket !== own) reject(errorOf(message.problem));
        if (message.type === "opened") {
          ({ stream: id, heartbeatMs, resumeMs } = message);
        }
        if (message.type === "opened" || message.type === "resumed") {
          socket = own;
          resolve();
        }
        if (socket === own) receive(message);
      };
      own.onclose = ({ code }: { code: number }) => {
        reject(new AffektError("unavailable", `The connection was closed (${code}).`, "Try again a little later."));
        if (socket === own) dropped(code);
      };
      own.onerror = () => {};
      own.send(JSON.stringify(first));
    });
    become("open");
    for (const { wire } of outbox.take()) own.send(wire);
  }

  function dropped(code: number): void {
    socket = undefined;
    if (state === "closed") return;
    if (wasFinished || FINAL_CODES.includes(code)) return become("closed");
    become("reconnecting");
    void comeBack();
  }

  async function comeBack(): Promise<void> {
    const until = Date.now() + resumeMs;
    for (let waitMs = FIRST_WAIT_MS; state === "reconnecting"; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      await wait(waitMs);
      if (state !== "reconnecting") return;
      try {
        await begin({ type: "resume", stream: id, after: last });
        if (finishing) socket?.send(JSON.stringify({ type: "finish" }));
        return;
      } catch (cause) {
        const isGone = cause instanceof AffektError && cause.code !== "unavailable" && cause.code !== "busy";
        if (isGone || Date.now() > until) return become("closed");
      }
    }
  }

  function leaveOut({ kind, lengthMs }: OutboxItem): void {
    const what = kind === "sound" ? "audio" : kind;
    listener.message({ type: "dropped", what, why: "busy", amount: kind === "sound" ? Math.round(lengthMs) : 1 });
  }

  function send(item: OutboxItem): void {
    if (state === "closed") throw new AffektError("aborted", "The stream is closed.", "Open another one.");
    if (socket === undefined) {
      for (const given of outbox.add(item)) leaveOut(given);
      return;
    }
    const most = item.kind === "frame" ? FRAME_BYTES : item.kind === "sound" ? SOUND_BYTES : Number.POSITIVE_INFINITY;
    if (socket.bufferedAmount > most) leaveOut(item);
    else socket.send(item.wire);
  }

  await begin({ type: "open", ...request });
  // Browsers show no pings of the service: whether it still lives is asked.
  const beat = setInterval(() => {
    if (socket === undefined) return;
    if (isQuiet) {
      const own = socket;
      own.close();
      // A dead connection may take minutes to close: it is left behind.
      dropped(1006);
      return;
    }
    isQuiet = true;
    socket.send(JSON.stringify({ type: "ping" }));
  }, heartbeatMs);
  stopBeat = () => clearInterval(beat);

  return {
    get id() {
      return id;
    },
    state: () => state,
    sound(samples, { sampleRate, timeMs, speaker }) {
      const encoding = samples instanceof Float32Array ? "float32" : "pcm16";
      const wire = binaryMessage({ type: "sound", encoding, sampleRate, timeMs, speaker }, bytesOf(samples));
      send({ kind: "sound", wire, lengthMs: (1000 * samples.length) / sampleRate });
    },
    frame(picture, { timeMs, speaker }) {
      send({ kind: "frame", wire: binaryMessage({ type: "frame", timeMs, speaker }, picture), lengthMs: 0 });
    },
    text(text, place = {}) {
      send({ kind: "text", wire: JSON.stringify({ type: "text", text, ...place }), lengthMs: 0 });
    },
    async finish() {
      if (state === "closed") return;
      finishing = true;
      socket?.send(JSON.stringify({ type: "finish" }));
      await closed;
    },
    close() {
      const own = socket;
      socket = undefined;
      become("closed");
      own?.close(1000);
    },
  };
}
