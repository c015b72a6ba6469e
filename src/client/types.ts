/** What the service takes and says, as it says it: types of the very schemas that its OpenAPI document is made of. */

import type { z } from "zod";
import type { ExplanationReply } from "../server/endpoints/explain.ts";
import type { BatchReply, PredictionReply } from "../server/prediction-schema.ts";
import type { Problem } from "../server/problem.ts";
import type { OpenMessage, ServerMessage } from "../server/stream/messages.ts";

export type { PredictionReply, Problem };
/** What in an utterance speaks for a label. */
export type Explanation = z.infer<typeof ExplanationReply>;
/** One result of a batch. */
export type BatchItem = z.infer<typeof BatchReply>["results"][number];
/** Everything that a stream says. */
export type StreamMessage = ServerMessage;
/** How a stream is opened. */
export type StreamRequest = Partial<Omit<OpenMessage, "type">>;

/** One utterance; media are encoded files. */
export interface UtteranceRequest {
  readonly text?: string;
  readonly image?: Uint8Array<ArrayBuffer>;
  readonly audio?: Uint8Array<ArrayBuffer>;
  readonly video?: Uint8Array<ArrayBuffer>;
  /** Pseudonym of the person, under which results are kept. */
  readonly subject?: string;
  readonly session?: string;
}

export interface RecognizeRequestOptions {
  readonly modalities?: readonly ("text" | "face" | "speech")[];
  /** Whether the result may be kept. Default true. */
  readonly keep?: boolean;
  /** Use case whose rules apply. */
  readonly scenario?: string;
  /** Whose law applies, such as `DE` or `US-CA`: with a scenario, where no consent says so. */
  readonly jurisdiction?: string;
  readonly signal?: AbortSignal;
}

export interface ExplainRequestOptions extends Omit<RecognizeRequestOptions, "keep"> {
  /** Default: the one with the highest score. */
  readonly label?: string;
}

export interface PredictionsFilter {
  /** ISO 8601. */
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly session?: string;
  readonly label?: string;
  readonly scenario?: string;
}

/** A WebSocket, as browsers and `ws` have it. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export type OpenSocket = (url: string, protocols: readonly string[]) => Promise<SocketLike>;

export interface ClientOptions {
  /** Of the service, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** An API key. Without one, a service answers its own machine only. */
  readonly key?: string;
  /** How often a request that the service cannot answer now is tried again. Default 2. */
  readonly retries?: number;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Default: the global WebSocket, or `ws` where there is none (Node 20). */
  readonly openSocket?: OpenSocket;
}
