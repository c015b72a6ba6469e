/** The HTTP server: mounts endpoints, and wraps every one of them in the same access, limits, errors, logs and counts. */
import { randomUUID } from "node:crypto";
import { Transform } from "node:stream";
import multipart from "@fastify/multipart";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type RequestPayload } from "fastify";
import { AffektError } from "../core/errors.ts";
import type { Access } from "./access.ts";
import { type Admitted, createAdmission } from "./admission.ts";
import { clientErrorHandler } from "./client-errors.ts";
import { DOCS_POLICY, docsPage } from "./docs-page.ts";
import type { Arrived, Caller, Endpoint, Reply } from "./endpoint.ts";
import { setStrictHeaders } from "./headers.ts";
import type { Limits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import { readMultipart } from "./multipart.ts";
import { openApi } from "./openapi.ts";
import { asServiceError, PROBLEM_TYPE, problemOf } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";
import { mountSite, type SiteParts } from "./site.ts";

/** Answers a repeated request as the first one was. */
export type Replay = (
  asked: { readonly key: string; readonly owner: string; readonly route: string; readonly body: unknown },
  answer: () => Promise<Reply>,
) => Promise<Reply>;

export interface ServerParts {
  readonly version: string;
  readonly endpoints: readonly Endpoint[];
  readonly access: Access;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly replay?: Replay | undefined;
  /** How often one key may ask. Default: as it likes. */
  readonly rateLimit?: RateLimit | undefined;
  readonly retryAfterSeconds: () => number;
  /** The web app. Default: none. */
  readonly site?: SiteParts | undefined;
  /** Lines of JSON: what was asked and how it ended, never what was in it. Default: none. */
  readonly log?: { write(line: string): void } | undefined;
}

/** How long the rest of a body that nobody wants is thrown away, so that its client can read why. */
const LINGER_MS = 2_000;
/** How often it is looked for requests that come too slowly. */
const LATE_MS = 5_000;
/** How long an answer may take to be sent when the service stops. */
const SENDING_MS = 5_000;
/** A key that a client makes up, visible ASCII. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/u;

interface Visit {
  caller?: Caller;
  admitted?: Admitted;
  readonly arrived: number;
}

const JSON_LINES = /^application\/(?:x-ndjson|jsonl|x-jsonlines|jsonlines)\b/u;

const FORM = /^multipart\//iu;

/** Fastify writes path parameters with colons. */
function fastifyPath(path: string): string {
  return path.replace(/\{(\w+)\}/gu, ":$1");
}

function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key === "string" && IDEMPOTENCY_KEY.test(key)) return key;
  throw new AffektError("input", "The Idempotency-Key is not 1 to 255 visible ASCII characters.", "Use a UUID.");
}

/** The same bytes, which take room as they arrive. */
function counted(body: RequestPayload, arrived: Arrived): Transform {
  const counter = new Transform({
    transform(piece: Buffer, _encoding, done) {
      try {
        arrived(piece.length);
        done(null, piece);
      } catch (cause) {
        done(cause as Error);
      }
    },
  });
  body.once("error", (cause) => counter.destroy(cause));
  return body.pipe(counter);
}

/** Aborted when the client goes away before it has its answer. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

export interface BuiltServer {
  readonly app: FastifyInstance;
  /**
   * Takes nothing new and waits until what was asked is answered. Node counts an answer that is still being sent as
   * idle, so that closing at once would cut it off.
   */
  drain(): Promise<void>;
}

export async function buildServer(parts: ServerParts): Promise<BuiltServer> {
  const { endpoints, access, limits, metrics, replay, log } = parts;
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    http: {
      headersTimeout: Math.min(limits.headersMs, limits.requestMs),
      connectionsCheckingInterval: Math.min(LATE_MS, limits.headersMs, limits.requestMs),
    },
    forceCloseConnections: "idle",
    logController: new fastify.LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 800 },
    logger: log === undefined ? false : { level: "info", stream: log, base: null },
    // What cannot even be routed meets no hook and no handler of errors.
    frameworkErrors(cause, request, reply) {
      const problem = problemOf(cause, request.id);
      const plain = reply as unknown as FastifyReply;
      setStrictHeaders(plain);
      void plain.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
    },
    clientErrorHandler,
  });
  const admission = createAdmission(limits);
  const visits = new WeakMap<FastifyRequest, Visit>();
  const underWay = new Set<FastifyRequest>();
  let draining = false;
  let drained: () => void = () => {};
  app.removeContentTypeParser("text/plain");
  const json = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    // Many clients name a content type with every request, though there is nothing to say.
    const { takesBody } = request.routeOptions.config as { takesBody?: boolean };
    if (body === "" && takesBody === false) done(null, undefined);
    else void json(request, body as string, done);
  });
  // JSON Lines, for the endpoints that read them.
  app.addContentTypeParser(JSON_LINES, { parseAs: "string" }, (_request, body, done) => done(null, body));
  await app.register(multipart);

  app.addHook("onRequest", async (request, reply) => {
    visits.set(request, { arrived: performance.now() });
    underWay.add(request);
    // After the last byte of the answer, or when the client goes away.
    reply.raw.once("close", () => {
      underWay.delete(request);
      visits.get(request)?.admitted?.leave();
      if (draining && underWay.size === 0) drained();
    });
    setStrictHeaders(reply);
    reply.header("x-request-id", request.id);
    if (!draining) return;
    reply.header("connection", "close");
    throw new AffektError("unavailable", "The service is shutting down.", "Try again a little later.");
  });

  app.addHook("onResponse", async (request, reply) => {
    const visit = visits.get(request);
    const ms = performance.now() - (visit?.arrived ?? performance.now());
    const route = request.routeOptions.url ?? "unknown";
    metrics.answered(route, request.method, reply.statusCode, ms / 1000);
    request.log.info({ route, method: request.method, status: reply.statusCode, ms: Math.round(ms) }, "answered");
    const { raw } = request;
    if (raw.complete) return;
    raw.unpipe();
    raw.resume();
    setTimeout(() => {
      if (!raw.complete) raw.socket.destroy();
    }, LINGER_MS).unref();
  });

  app.setErrorHandler((cause, request, reply) => {
    const error = asServiceError(cause);
    const problem = problemOf(error, request.id);
    if (problem.status >= 500) {
      // Messages of other programs may quote what was sent: of those only the place is kept.
      const own = cause instanceof AffektError ? error.message : undefined;
      const stack =
        cause instanceof Error ? (cause.stack ?? "").split("\n").filter((line) => /^\s+at /u.test(line)) : [];
      request.log.error({ code: error.code, ...(own === undefined ? { stack } : { detail: own }) }, "failed");
    }
    if (problem.status === 503) reply.header("retry-after", String(parts.retryAfterSeconds()));
    // Closed at once, a connection takes the answer with it that its client has not read yet; see LINGER_MS.
    if (!draining) reply.removeHeader("connection");
    if (problem.status === 401) reply.header("www-authenticate", "Bearer");
    return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  });
  app.setNotFoundHandler(() => {
    throw new AffektError("not-found", "There is no such address here.", "See /docs for those that there are.");
  });

  for (const endpoint of endpoints) if (endpoint.elsewhere !== true) mount(endpoint);
  const document = openApi(endpoints, parts.version);
  app.get("/openapi.json", async () => document);
  const page = docsPage(document);
  app.get("/docs", async (_request, reply) =>
    reply.header("content-security-policy", DOCS_POLICY).type("text/html; charset=utf-8").send(page),
  );
  if (parts.site !== undefined) mountSite(app, parts.site);
  return {
    app,
    async drain() {
      draining = true;
      if (underWay.size === 0) return;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limits.deadlineMs + SENDING_MS);
      });
      await Promise.race([new Promise<void>((resolve) => (drained = resolve)), late]);
      clearTimeout(timer);
    },
  };

  async function bodyOf(request: FastifyRequest, endpoint: Endpoint): Promise<unknown> {
    const { body, multipart: takesFiles, read } = endpoint;
    if (body === undefined) return undefined;
    const arrived = (bytes: number): void => visits.get(request)?.admitted?.arrived?.(bytes);
    const own = read?.(request, limits, arrived);
    if (own !== undefined) return own;
    if (!request.isMultipart()) {
      if (!JSON_LINES.test(request.headers["content-type"] ?? "")) return request.body;
      throw new AffektError("content-type", "This endpoint takes no JSON Lines.", "Send application/json.");
    }
    if (takesFiles === true) return readMultipart(request, limits, arrived);
    throw new AffektError("content-type", "This endpoint takes no files.", "Send application/json.");
  }

  function mount(endpoint: Endpoint): void {
    const { method, path, scope, idempotent, replies } = endpoint;
    app.route({
      method,
      url: fastifyPath(path),
      config: { takesBody: endpoint.body !== undefined },
      async onRequest(request, reply) {
        const visit = visits.get(request) as Visit;
        if (scope !== null) visit.caller = await access(request, scope);
        const wait = visit.caller?.key === undefined ? 0 : (parts.rateLimit?.(visit.caller.key, endpoint.cost) ?? 0);
        if (wait > 0) {
          reply.header("retry-after", String(wait));
          throw new AffektError("rate", "This key asks more often than it may.", `Try again in ${wait} s.`);
        }
        if (method === "GET") return;
        endpoint.needRoom?.();
        const declared = request.headers["content-length"];
        const chunked = request.headers["transfer-encoding"] !== undefined;
        visit.admitted = admission.enter(
          declared === undefined && !chunked ? 0 : declared === undefined ? undefined : Number(declared),
        );
      },
      async preParsing(request, _reply, body) {
        const arrived = visits.get(request)?.admitted?.arrived;
        // Forms are read from the connection itself, and counted by part.
        const isForm = FORM.test(request.headers["content-type"] ?? "");
        return arrived === undefined || isForm ? body : counted(body, arrived);
      },
      async handler(request, reply) {
        const signal = goneSignal(reply);
        const caller = visits.get(request)?.caller ?? { owner: "nobody", scopes: [] };
        const key = idempotent === true ? idempotencyKey(request) : undefined;
        const body = await bodyOf(request, endpoint);
        const { params, query, id: requestId } = request;
        const answer = () => endpoint.answer({ params, query, body, caller, signal, requestId });
        const {
          status,
          body: said,
          type = replies[status]?.type,
          policy,
        } = key === undefined || replay === undefined
          ? await answer()
          : await replay({ key, owner: caller.owner, route: `${method} ${path}`, body }, answer);
        reply.code(status);
        if (policy !== undefined) reply.header("content-security-policy", policy);
        if (status === 503) reply.header("retry-after", String(parts.retryAfterSeconds()));
        return type === undefined ? reply.send(said) : reply.type(type).send(said);
      },
    });
  }
}
