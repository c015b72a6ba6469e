/** Requests to the service: its problems become errors with its codes, and what it cannot answer now is tried again. */
import { AffektError, ERROR_CODES, type ErrorCode } from "../core/errors.ts";
import type { ClientOptions, Problem } from "./types.ts";

interface Asking {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: string | FormData;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export type Ask = (path: string, asking?: Asking) => Promise<Response>;

/** Statuses after which another try may end otherwise. */
const PASSING: readonly number[] = [429, 502, 503];
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

function isCode(code: unknown): code is ErrorCode {
  return ERROR_CODES.includes(code as ErrorCode);
}

/** @param instance names the request in the service's logs */
export function errorOf({ code, detail, hint, instance }: Problem): AffektError {
  const error = new AffektError(isCode(code) ? code : "internal", detail, hint);
  return instance === undefined ? error : Object.assign(error, { instance });
}

async function errorFrom(reply: Response): Promise<AffektError> {
  const text = await reply.text().catch(() => "");
  try {
    return errorOf(JSON.parse(text) as Problem);
  } catch {
    // A proxy in between speaks otherwise.
    const code = reply.status === 401 ? "unauthorized" : reply.status === 403 ? "forbidden" : "unavailable";
    return new AffektError(code, `The service answered with status ${reply.status}.`, "Check its address.");
  }
}

export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** @throws AffektError what the service says; `unavailable` if it cannot be reached; `aborted` */
export function requester({ url, key, retries = 2, fetch: own = fetch }: ClientOptions): Ask {
  const base = url.replace(/\/+$/u, "");
  return async (path, { method = "GET", query = {}, body, headers = {}, signal } = {}) => {
    const asked = new URL(base + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) asked.searchParams.set(name, `${value}`);
    }
    for (let attempt = 0; ; attempt++) {
      let error: AffektError;
      let waitMs = FIRST_WAIT_MS * 2 ** attempt;
      try {
        const reply = await own(asked, {
          method,
          headers: {
            ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
            ...(typeof body === "string" ? { "content-type": "application/json" } : {}),
            ...headers,
          },
          ...(body === undefined ? {} : { body }),
          ...(signal === undefined ? {} : { signal }),
        });
        if (reply.ok) return reply;
        error = await errorFrom(reply);
        if (!PASSING.includes(reply.status)) throw error;
        waitMs = Math.max(waitMs, 1000 * Number(reply.headers.get("retry-after") ?? 0));
      } catch (cause) {
        if (cause instanceof AffektError) throw cause;
        if (signal?.aborted)
          throw new AffektError("aborted", "The request was cancelled.", "Nothing to do.", { cause });
        error = new AffektError("unavailable", `The service at ${base} cannot be reached.`, "Check its address.", {
          cause,
        });
      }
      if (attempt >= retries) throw error;
      await wait(Math.min(waitMs, LONGEST_WAIT_MS), signal);
    }
  };
}
