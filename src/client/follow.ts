/** Server-sent events of one stream, read with `fetch`: unlike EventSource it can send a key. */
import { AffektError } from "../core/errors.ts";
import { type Ask, wait } from "./requests.ts";
import type { StreamMessage } from "./types.ts";

export interface FollowOptions {
  /** `seq` of the last event that is known. Default 0: all that are kept come first. */
  readonly after?: number;
  readonly signal?: AbortSignal;
}

const RETRY_MS = 2_000;
/** Tries in a row that bring nothing. */
const MOST_TRIES = 5;

/** Blocks of an event stream, without their line ends. */
async function* blocks(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const chunk of body) {
    held += decoder.decode(chunk, { stream: true });
    const parts = held.split("\n\n");
    held = parts.pop() ?? "";
    yield* parts;
  }
}

/** Bodies are iterable in Node; in some browsers only readers are. */
async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** @throws AffektError `not-found`, `unauthorized`, `unavailable` if it stays away */
export async function* followStream(
  ask: Ask,
  stream: string,
  options: FollowOptions = {},
): AsyncGenerator<StreamMessage> {
  const { signal } = options;
  let after = options.after ?? 0;
  for (let tries = 0; tries < MOST_TRIES && signal?.aborted !== true; tries++) {
    try {
      const reply = await ask(`/v1/streams/${stream}/events`, { headers: { "last-event-id": `${after}` }, signal });
      if (reply.body === null) return;
      for await (const block of blocks(chunks(reply.body))) {
        const data = block.split("\n").find((line) => line.startsWith("data: "));
        if (data === undefined) continue;
        const message = JSON.parse(data.slice("data: ".length)) as StreamMessage;
        if ("seq" in message) after = message.seq;
        tries = 0;
        yield message;
        if (message.type === "finished") return;
      }
    } catch (cause) {
      if (signal?.aborted) return;
      // What the service says itself stays so; what the network does may pass.
      if (cause instanceof AffektError && cause.code !== "unavailable") throw cause;
      if (tries + 1 >= MOST_TRIES) throw cause;
    }
    await wait(RETRY_MS, signal);
  }
}
