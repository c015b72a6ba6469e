/** The connection of a stream's client: messages in, events out, neither faster than the other side can take. */
import type { RawData, WebSocket } from "ws";
import { AffektError } from "../../core/errors.ts";
import type { Caller } from "../endpoint.ts";
import { problemOf } from "../problem.ts";
import type { Hub } from "./hub.ts";
import type { StreamLimits } from "./limits.ts";
import type { LiveStream, Outlet } from "./live-stream.ts";
import type { ClientMessage, ServerMessage } from "./messages.ts";
import { opusInput } from "./opus-input.ts";
import type { MediaMessage, MessageReader } from "./read-message.ts";

export interface SocketParts {
  readonly caller: Caller;
  readonly hub: Hub;
  readonly limits: StreamLimits;
  readonly reader: MessageReader;
  readonly requestId: string;
  /** Whether the key is still valid. @throws AffektError `unauthorized`, `forbidden` */
  readonly recheck: () => Promise<unknown>;
}

/** Codes with which connections are closed; below 4000 they are those of RFC 6455. */
const CLOSE = { finished: 1000, closing: 1001, wrong: 1008, unauthorized: 4401, late: 4408, taken: 4409 } as const;
/** Messages that may have been read from the connection before it could be told to wait. */
const MOST_UNREAD = 10_000;

export function serveSocket(socket: WebSocket, parts: SocketParts): void {
  const { caller, hub, limits, reader, requestId, recheck } = parts;
  let stream: LiveStream | undefined;
  /** Something must be done before the next message: it waits here. */
  let busy = false;
  const unread: { data: Uint8Array; isBinary: boolean }[] = [];
  let wrong = 0;
  let isAlive = true;
  const opus = opusInput((input) => {
    // It comes when the decoder has it: nobody else catches what is wrong then, such as a stream that is over.
    try {
      stream?.push(input);
    } catch (cause) {
      fail(cause);
    }
  });

  function send(message: ServerMessage): void {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  }

  const outlet: Outlet = {
    send(message, { passing }) {
      if (socket.readyState !== socket.OPEN) return;
      if (passing && socket.bufferedAmount > limits.passingBytes) return;
      // A reader that takes nothing would make the service remember for it: it may come back and resume.
      if (socket.bufferedAmount > limits.unreadBytes) socket.terminate();
      else socket.send(message);
    },
    hold(full) {
      if (full) socket.pause();
      else if (!busy) socket.resume();
    },
    end(reason) {
      if (reason === "taken") stream = undefined;
      socket.close(CLOSE[reason], reason);
    },
  };

  function fail(cause: unknown): void {
    const problem = problemOf(cause, requestId);
    send({ type: "problem", problem });
    if (stream === undefined && problem.code !== "input") return socket.close(CLOSE.wrong, problem.code);
    if (++wrong >= limits.wrong) socket.close(CLOSE.wrong, "too many wrong messages");
  }

  /** Who connects and says nothing is sent away. */
  function expectOpening(): NodeJS.Timeout {
    return setTimeout(() => socket.close(CLOSE.late, "nothing was opened"), limits.openMs);
  }
  let late = expectOpening();

  async function begin(message: ClientMessage): Promise<void> {
    // From here on it is the service that takes its time: a process may have to be started.
    clearTimeout(late);
    try {
      await openOrResume(message);
    } catch (cause) {
      late = expectOpening();
      throw cause;
    }
    if (socket.readyState !== socket.OPEN) stream?.detach(outlet);
  }

  async function openOrResume(message: ClientMessage): Promise<void> {
    if (message.type === "open") {
      const opened = await hub.open(caller.owner, message);
      const { id, modalities } = opened;
      const { heartbeatMs, resumeMs } = limits;
      send({ type: "opened", stream: id, modalities: [...modalities], heartbeatMs, resumeMs });
      opened.attach(outlet);
      stream = opened;
    } else if (message.type === "resume") {
      const known = hub.find(caller.owner, message.stream);
      stream = known;
      known.attach(outlet, message.after);
    } else {
      throw new AffektError("input", `The first message is ${message.type}; expected open or resume.`, "See /docs.");
    }
  }

  /** @returns what must be waited for before the next message */
  function control(message: ClientMessage): Promise<void> | undefined {
    if (message.type === "ping") {
      send({ type: "pong" });
    } else if (stream === undefined) {
      return begin(message);
    } else if (message.type === "text") {
      stream.push(message);
    } else if (message.type === "finish") {
      const own = stream;
      return opus.end().then(() => own.finish());
    } else {
      throw new AffektError("input", "The stream is open already.", "Use another connection for another stream.");
    }
    return undefined;
  }

  function media({ header, bytes }: MediaMessage): Promise<void> | undefined {
    if (stream === undefined) throw new AffektError("input", "Media came before open or resume.", "Send it first.");
    const { speaker } = header;
    if (header.type === "frame") {
      stream.push({ type: "frame", bytes, timeMs: header.timeMs, speaker });
      return undefined;
    }
    const { encoding, sampleRate, timeMs } = header;
    stream.checkSpeaker(speaker);
    if (encoding === "opus") return opus.push(bytes, speaker, timeMs);
    stream.push({ type: "sound", bytes, encoding, sampleRate, timeMs, speaker });
    return undefined;
  }

  function handle(data: Uint8Array, isBinary: boolean): void {
    try {
      const waiting = isBinary ? media(reader.binary(data)) : control(reader.text(data));
      wrong = 0;
      if (waiting !== undefined) void hold(waiting);
    } catch (cause) {
      fail(cause);
    }
  }

  async function hold(work: Promise<void>): Promise<void> {
    busy = true;
    socket.pause();
    try {
      await work;
    } catch (cause) {
      fail(cause);
    }
    busy = false;
    for (let next = unread.shift(); next !== undefined; next = unread.shift()) {
      handle(next.data, next.isBinary);
      if (busy) return;
    }
    socket.resume();
  }

  const heartbeat = setInterval(() => {
    // From a connection that is not read from, no sign of life can come.
    if (!isAlive && !socket.isPaused) return socket.terminate();
    isAlive = socket.isPaused;
    socket.ping();
    const own = stream;
    Promise.all([recheck(), own?.recheck()]).catch((cause: unknown) => {
      const problem = problemOf(cause);
      const { code } = problem;
      if (code === "unauthorized" || code === "forbidden") socket.close(CLOSE.unauthorized, code);
      if (code !== "policy") return;
      // Somebody has withdrawn a consent.
      send({ type: "problem", problem });
      socket.close(CLOSE.wrong, code);
      own?.close();
    });
  }, limits.heartbeatMs);

  socket.on("pong", () => {
    isAlive = true;
  });
  socket.on("message", (raw: RawData, isBinary: boolean) => {
    isAlive = true;
    const data = raw as Buffer;
    if (!busy) handle(data, isBinary);
    else if (unread.length < MOST_UNREAD) unread.push({ data, isBinary });
    else socket.terminate();
  });
  // Wrong frames and messages that are too long: the connection is closed by itself.
  socket.on("error", () => {});
  socket.on("close", () => {
    clearTimeout(late);
    clearInterval(heartbeat);
    unread.length = 0;
    opus.close();
    stream?.detach(outlet);
  });
}
