/**
 * The service from a program or a page, in Node and in browsers.
 *
 *     const client = createClient({ url: "http://127.0.0.1:8080" });
 *     const { label, confidence } = await client.recognize({ text: "I love this" });
 */
import { base64Text } from "../core/base64.ts";
import { type FollowOptions, followStream } from "./follow.ts";
import { requester } from "./requests.ts";
import { openStream, type StreamHandle, type StreamListener } from "./stream.ts";
import type {
  BatchItem,
  ClientOptions,
  ExplainRequestOptions,
  Explanation,
  PredictionReply,
  PredictionsFilter,
  RecognizeRequestOptions,
  StreamMessage,
  StreamRequest,
  UtteranceRequest,
} from "./types.ts";

export type { StreamHandle, StreamListener } from "./stream.ts";
export type * from "./types.ts";

/** Everything throws AffektError with the service's codes; `unavailable` if it cannot be reached. */
export interface Client {
  recognize(utterance: UtteranceRequest, options?: RecognizeRequestOptions): Promise<PredictionReply>;
  /** In order. One that fails does not stop the rest. */
  recognizeBatch(
    utterances: readonly UtteranceRequest[],
    options?: RecognizeRequestOptions,
  ): Promise<readonly BatchItem[]>;
  /** What in an utterance speaks for a label: takes as long as some hundred recognitions; nothing is kept. */
  explain(utterance: Omit<UtteranceRequest, "session">, options?: ExplainRequestOptions): Promise<Explanation>;
  /** What was kept, newest first, page after page. */
  predictions(filter?: PredictionsFilter): AsyncIterable<PredictionReply>;
  /** Erases everything about a person; the counts of what a search still finds must be 0. */
  eraseSubject(subject: string): Promise<{
    readonly erased: Readonly<Record<string, number>>;
    readonly remaining: Readonly<Record<string, number>>;
  }>;
  /** Opens a stream, which comes back by itself when its connection drops. */
  stream(request: StreamRequest, listener: StreamListener): Promise<StreamHandle>;
  /** Reads a stream along, until it ends; comes back by itself when the connection drops. */
  follow(stream: string, options?: FollowOptions): AsyncIterable<StreamMessage>;
}

const MEDIA = ["image", "audio", "video"] as const;

function asJson(utterance: UtteranceRequest): Record<string, unknown> {
  const media = MEDIA.flatMap((name) => {
    const bytes = utterance[name];
    return bytes === undefined ? [] : [[name, base64Text(bytes)]];
  });
  return { ...utterance, ...Object.fromEntries(media) };
}

function asForm(utterance: UtteranceRequest, options: RecognizeRequestOptions & ExplainRequestOptions): FormData {
  const { modalities, keep, scenario, jurisdiction, label } = options;
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...utterance, scenario, jurisdiction, label })) {
    if (value instanceof Uint8Array) form.set(name, new Blob([value as Uint8Array<ArrayBuffer>]), name);
    else if (typeof value === "string") form.set(name, value);
  }
  if (modalities !== undefined) form.set("modalities", modalities.join());
  if (keep !== undefined) form.set("keep", `${keep}`);
  return form;
}

/** One utterance as a body: a form where there are media, for which JSON would be a third longer. */
function asBody(
  utterance: UtteranceRequest,
  options: RecognizeRequestOptions & ExplainRequestOptions,
): string | FormData {
  const hasMedia = MEDIA.some((name) => utterance[name] !== undefined);
  return hasMedia ? asForm(utterance, options) : JSON.stringify({ ...utterance, ...options });
}

/** A name for one request, so that a repeated one is answered, and kept, once. */
function requestKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function createClient(options: ClientOptions): Client {
  const ask = requester(options);
  const post = async (body: string | FormData, signal?: AbortSignal): Promise<unknown> => {
    const headers = { "idempotency-key": requestKey() };
    return (await ask("/v1/recognize", { method: "POST", body, headers, signal })).json();
  };
  return {
    async recognize(utterance, own = {}) {
      const { signal, ...rest } = own;
      return (await post(asBody(utterance, rest), signal)) as PredictionReply;
    },
    async explain(utterance, own = {}) {
      const { signal, ...rest } = own;
      const reply = await ask("/v1/explain", { method: "POST", body: asBody(utterance, rest), signal });
      return (await reply.json()) as Explanation;
    },
    async recognizeBatch(utterances, own = {}) {
      const { signal, ...rest } = own;
      const reply = await post(JSON.stringify({ inputs: utterances.map(asJson), ...rest }), signal);
      return (reply as { results: readonly BatchItem[] }).results;
    },
    async *predictions(filter = {}) {
      let cursor: string | undefined;
      do {
        const reply = await ask("/v1/predictions", { query: { ...filter, cursor } });
        const page = (await reply.json()) as { predictions: readonly PredictionReply[]; next: string | null };
        yield* page.predictions;
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
    },
    async eraseSubject(subject) {
      const reply = await ask(`/v1/subjects/${encodeURIComponent(subject)}`, { method: "DELETE" });
      return (await reply.json()) as Awaited<ReturnType<Client["eraseSubject"]>>;
    },
    stream: (request, listener) => openStream(options, request, listener),
    follow: (stream, own) => followStream(ask, stream, own),
  };
}
