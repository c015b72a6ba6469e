/** One address of the service: what it takes, what it answers, who may call it. The OpenAPI document is made from it. */
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import type { ErrorCode } from "../core/errors.ts";
import type { Limits } from "./limits.ts";
import { validate } from "./validate.ts";

export const SCOPES = ["recognize", "read", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who asks. */
export interface Caller {
  /** What is kept for one owner is never shown to another. */
  readonly owner: string;
  readonly scopes: readonly Scope[];
  /** By what it showed who it is; undefined: it did not need to. */
  readonly key?: string;
}

export interface Asked<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly caller: Caller;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  readonly requestId: string;
}

/** Takes room for bytes of a body that have arrived. @throws AffektError `busy` if there is none */
export type Arrived = (bytes: number) => void;

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** Whether another try may end otherwise: then it is not remembered for an Idempotency-Key. */
  readonly passing?: boolean;
  /** Content type, where it is not the one that the endpoint names for the status. */
  readonly type?: string;
  /** Content-Security-Policy of a page. */
  readonly policy?: string;
}

interface Description {
  readonly method: "GET" | "POST" | "DELETE";
  /** Parameters in braces, as OpenAPI has them. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** null: everybody. */
  readonly scope: Scope | null;
  /** Whether the body may also come as multipart/form-data, fields under the same names and media as files. */
  readonly multipart?: boolean;
  /** Reads bodies in forms of its own; undefined: this one is JSON. */
  readonly read?: (request: FastifyRequest, limits: Limits, arrived: Arrived) => Promise<unknown> | undefined;
  /** What `read` takes, by content type, as JSON schemas. */
  readonly forms?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Whether a repeated request with the same Idempotency-Key gets the first one's answer. */
  readonly idempotent?: boolean;
  /** Requests that one counts as where keys may ask so often only. Default 1. */
  readonly cost?: number;
  /** Whether there is room for one more. Asked before the body is read. @throws AffektError `busy` */
  readonly needRoom?: () => void;
  /** Whether it only stands in the OpenAPI document: who answers it is mounted by itself. */
  readonly elsewhere?: boolean;
  /** By status; the content type is JSON unless named. */
  readonly replies: Readonly<
    Record<number, { readonly says: string; readonly schema?: z.ZodType; readonly type?: string }>
  >;
  /** What it may fail with, besides what every endpoint may. */
  readonly fails: readonly ErrorCode[];
}

interface Schemas<P, Q, B> {
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  /** Of a union, the branch that is meant: errors are then about that one. Default: `body` itself. */
  readonly branch?: (sent: unknown) => z.ZodType<B>;
}

/** An endpoint that checks what it is asked by itself. */
export interface Endpoint extends Description, Pick<Schemas<unknown, unknown, unknown>, "params" | "query" | "body"> {
  answer(asked: Asked<unknown, unknown, unknown>): Promise<Reply>;
}

export function endpoint<P = undefined, Q = undefined, B = undefined>(
  described: Description & Schemas<P, Q, B>,
  handle: (asked: Asked<P, Q, B>) => Promise<Reply> | Reply,
): Endpoint {
  const { params, query, body, branch = () => body } = described;
  const checkedBody = (sent: unknown): B | undefined => {
    const schema = branch(sent);
    return schema === undefined ? undefined : validate(schema, sent, "body");
  };
  return {
    ...described,
    answer: async (asked) =>
      handle({
        ...asked,
        params: (params === undefined ? undefined : validate(params, asked.params, "path")) as P,
        query: (query === undefined ? undefined : validate(query, asked.query, "query")) as Q,
        body: checkedBody(asked.body) as B,
      }),
  };
}

export function ok(body: unknown): Reply {
  return { status: 200, body };
}
