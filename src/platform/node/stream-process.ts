/**
 * Stream sessions in a process of their own: what the sessions of one process share are its networks, and the one
 * thread that these run on.
 */
import { fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { AffektError } from "../../core/errors.ts";
import type { StreamEvent } from "../../recognize/stream/events.ts";
import type { StreamMemory, StreamOptions } from "../../recognize/stream/options.ts";
import type { PlainError } from "./recognizer-process.ts";

/** What goes into a session. Bytes are as they came. */
export type StreamInput = { readonly speaker?: string | undefined } & (
  | {
      readonly type: "sound";
      readonly bytes: Uint8Array;
      readonly encoding: "pcm16" | "float32";
      readonly sampleRate: number;
      readonly timeMs?: number | undefined;
    }
  | { readonly type: "frame"; readonly bytes: Uint8Array; readonly timeMs: number }
  | {
      readonly type: "text";
      readonly text: string;
      readonly startMs?: number | undefined;
      readonly endMs?: number | undefined;
    }
);

export interface StreamProcessOptions {
  /** Folder of models. Default: the shipped ones. */
  readonly models?: string | undefined;
  readonly license?: "any" | "permissive" | undefined;
  /** Of one frame. */
  readonly maxPixels: number;
  /** Whether networks are opened before the first session. */
  readonly warm: boolean;
}

export type StreamToChild =
  | { readonly begin: StreamProcessOptions }
  | { readonly open: number; readonly options: StreamOptions }
  | { readonly inputs: readonly (readonly [number, StreamInput])[] }
  | { readonly finish: number }
  | { readonly close: number };

export type StreamFromChild =
  | { readonly ready: true }
  | { readonly failed: PlainError }
  | { readonly opened: number }
  | { readonly refused: number; readonly error: PlainError }
  | { readonly events: readonly (readonly [number, StreamEvent])[] }
  | { readonly remember: number; readonly memory: StreamMemory }
  | { readonly taken: number; readonly inputs: number }
  | { readonly finished: number };

/** What the process says of one session. */
export interface StreamListener {
  event(event: StreamEvent): void;
  /** To go on from in another process, should this one end. */
  remember(memory: StreamMemory): void;
  /** That many inputs have been taken, and there is room for more. */
  taken(inputs: number): void;
}

export interface CarriedStream {
  push(input: StreamInput): void;
  /** Resolves after the last event; also if the process ends. */
  finish(): Promise<void>;
  close(): void;
}

export interface StreamProcess {
  readonly pid: number | undefined;
  readonly ready: Promise<void>;
  /** With the reason. Never rejects. */
  readonly ended: Promise<string>;
  /** @throws AffektError `model`, `label`, `input`; `unavailable` if the process ends */
  open(options: StreamOptions, listener: StreamListener): Promise<CarriedStream>;
  kill(): void;
}

interface Carried {
  readonly listener: StreamListener;
  opened(error?: AffektError): void;
  finished(): void;
}

const OWN = fileURLToPath(import.meta.url);
/** `.js` when built, `.ts` from source, which Node 20 reads only with a loader. */
const ENDING = extname(OWN);
const CHILD = OWN.replace(/process\.[jt]s$/, `child${ENDING}`);
const LOADER = ENDING === ".ts" ? ["--import", "tsx"] : [];

export function startStreamProcess(options: StreamProcessOptions): StreamProcess {
  const child = fork(CHILD, [], {
    execArgv: LOADER,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const carried = new Map<number, Carried>();
  let streams = 0;
  let isGone = false;
  let reason: string | undefined;
  let inputs: (readonly [number, StreamInput])[] = [];
  let opened: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(reason ?? `it ended with ${signal ?? `exit code ${code}`}`));
    child.once("error", (cause) => resolve(`it could not be started: ${cause.message}`));
  });
  const gone = () => new AffektError("unavailable", "The process of this stream ended.", "Open the stream again.");
  void ended.then(() => {
    isGone = true;
    for (const one of carried.values()) {
      one.opened(gone());
      one.finished();
    }
    carried.clear();
  });
  child.on("error", () => {});
  // What cannot be sent because the process is gone is told by `ended`.
  const send = (message: StreamToChild): void => void child.send(message, () => {});

  /** Inputs that come together go together: one message costs as much as many inputs. */
  function sendInputs(): void {
    if (inputs.length === 0) return;
    const together = inputs;
    inputs = [];
    send({ inputs: together });
  }

  child.on("message", (message: StreamFromChild) => {
    if ("ready" in message) opened();
    else if ("failed" in message) reason = message.failed.message;
    else if ("opened" in message) carried.get(message.opened)?.opened();
    else if ("refused" in message) {
      const { code, message: said, hint } = message.error;
      carried.get(message.refused)?.opened(new AffektError(code, said, hint));
    } else if ("events" in message) {
      for (const [stream, event] of message.events) carried.get(stream)?.listener.event(event);
    } else if ("remember" in message) carried.get(message.remember)?.listener.remember(message.memory);
    else if ("taken" in message) carried.get(message.taken)?.listener.taken(message.inputs);
    else carried.get(message.finished)?.finished();
  });
  send({ begin: options });

  return {
    pid: child.pid,
    ready,
    ended,
    kill: () => void child.kill("SIGKILL"),
    async open(own, listener) {
      if (isGone) throw gone();
      const stream = ++streams;
      let finished: () => void = () => {};
      const over = new Promise<void>((resolve) => {
        finished = resolve;
      });
      const forget = (): void => {
        carried.delete(stream);
        finished();
      };
      await new Promise<void>((resolve, reject) => {
        carried.set(stream, {
          listener,
          opened: (error) => (error === undefined ? resolve() : reject(error)),
          finished: forget,
        });
        send({ open: stream, options: own });
      }).catch((cause: unknown) => {
        carried.delete(stream);
        throw cause;
      });
      return {
        push(input) {
          if (inputs.length === 0) setImmediate(sendInputs);
          inputs.push([stream, input]);
        },
        async finish() {
          if (!carried.has(stream)) return;
          sendInputs();
          send({ finish: stream });
          await over;
        },
        close() {
          forget();
          send({ close: stream });
        },
      };
    },
  };
}
