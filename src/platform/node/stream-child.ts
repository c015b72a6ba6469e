/** The process of stream-process.ts: opens networks once, then carries many stream sessions. */
import { AffektError } from "../../core/errors.ts";
import type { StreamEvent } from "../../recognize/stream/events.ts";
import { createStreams, type StreamSession, type Streams } from "../../recognize/stream/streams.ts";
import { openParts } from "./open.ts";
import { readPicture } from "./picture.ts";
import type { PlainError } from "./recognizer-process.ts";
import type { StreamFromChild, StreamInput, StreamProcessOptions, StreamToChild } from "./stream-process.ts";

interface Carried {
  readonly session: StreamSession;
  /** Inputs that have come and were not yet acknowledged. */
  owed: number;
  waiting: NodeJS.Timeout | undefined;
}

/** More than this waits: the sender is told so by silence. Below the ten seconds at which sound is dropped. */
const ENOUGH_SOUND_MS = 5_000;
const ENOUGH_TEXTS = 8;
const LOOK_AGAIN_MS = 20;

let streams: Streams | undefined;
const carried = new Map<number, Carried>();
let said: (readonly [number, StreamEvent])[] = [];

function say(message: StreamFromChild): void {
  process.send?.(message);
}

function plain(cause: unknown): PlainError {
  if (cause instanceof AffektError) return { code: cause.code, message: cause.message, hint: cause.hint };
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: "internal", message, hint: "This is a fault of affekt: report it." };
}

/** Events of one turn of the loop go in one message. */
function tell(stream: number, event: StreamEvent): void {
  if (said.length === 0) {
    queueMicrotask(() => {
      const events = said;
      said = [];
      say({ events });
    });
  }
  said.push([stream, event]);
  const own = carried.get(stream);
  if (event.type === "final" && own !== undefined) say({ remember: stream, memory: own.session.memory() });
}

/** Acknowledges what was sent as soon as there is room for more. */
function acknowledge(stream: number, own: Carried): void {
  if (own.waiting !== undefined || own.owed === 0) return;
  const { soundMs, texts } = own.session.waiting();
  const full = soundMs > ENOUGH_SOUND_MS || texts > ENOUGH_TEXTS;
  own.waiting = setTimeout(
    () => {
      own.waiting = undefined;
      if (carried.get(stream) !== own) return;
      if (full) return acknowledge(stream, own);
      say({ taken: stream, inputs: own.owed });
      own.owed = 0;
    },
    full ? LOOK_AGAIN_MS : 0,
  );
}

function samplesOf(bytes: Uint8Array, encoding: "pcm16" | "float32"): Float32Array {
  // A copy that begins where its memory does; a Buffer would be a view into another.
  const whole = new Uint8Array(bytes);
  if (encoding === "float32") return new Float32Array(whole.buffer, 0, Math.floor(whole.length / 4));
  return Float32Array.from(new Int16Array(whole.buffer, 0, Math.floor(whole.length / 2)), (value) => value / 32_768);
}

function give({ session }: Carried, input: StreamInput): void {
  const speaker = input.speaker === undefined ? {} : { speaker: input.speaker };
  switch (input.type) {
    case "sound": {
      const { bytes, encoding, sampleRate, timeMs } = input;
      const place = timeMs === undefined ? speaker : { ...speaker, timeMs };
      return session.sound({ samples: samplesOf(bytes, encoding), sampleRate }, place);
    }
    case "frame":
      return session.frame(input.bytes, { ...speaker, timeMs: input.timeMs });
    case "text": {
      const { startMs, endMs } = input;
      return session.text(input.text, {
        ...speaker,
        ...(startMs === undefined ? {} : { startMs }),
        ...(endMs === undefined ? {} : { endMs }),
      });
    }
  }
}

function take(stream: number, input: StreamInput): void {
  const own = carried.get(stream);
  if (own === undefined) return;
  try {
    give(own, input);
  } catch (cause) {
    tell(stream, { type: "error", ...plain(cause) });
  }
  own.owed++;
  acknowledge(stream, own);
}

async function begin({ models, license, maxPixels, warm }: StreamProcessOptions): Promise<void> {
  try {
    const { parts, pool } = await openParts({ models, license });
    streams = createStreams(
      { ...parts, decode: (frame) => readPicture(frame, { maxPixels }) },
      pool === undefined ? {} : { pool },
    );
    if (warm) await streams.warm();
    say({ ready: true });
  } catch (cause) {
    process.send?.({ failed: plain(cause) } satisfies StreamFromChild, () => process.exit(1));
  }
}

async function finish(stream: number): Promise<void> {
  const own = carried.get(stream);
  try {
    await own?.session.finish();
  } finally {
    carried.delete(stream);
    // After the events of the last turn.
    setImmediate(() => say({ finished: stream }));
  }
}

function handle(message: StreamToChild): void {
  if ("begin" in message) {
    void begin(message.begin);
  } else if ("open" in message) {
    const { open: stream, options } = message;
    try {
      const session = (streams as Streams).open(options, (event) => tell(stream, event));
      carried.set(stream, { session, owed: 0, waiting: undefined });
      say({ opened: stream });
    } catch (cause) {
      say({ refused: stream, error: plain(cause) });
    }
  } else if ("inputs" in message) {
    for (const [stream, input] of message.inputs) take(stream, input);
  } else if ("finish" in message) {
    void finish(message.finish);
  } else {
    carried.get(message.close)?.session.close();
    carried.delete(message.close);
  }
}

// A signal from the terminal goes to every process of the group: this one ends with its parent, who may first finish.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit());
process.on("message", handle);
