/** Requests to the server that this page came from, with its key and its errors. */
import { AffektError, ERROR_CODES, type ErrorCode } from "../../core/errors.ts";

const KEY = "affekt.key";

/** The key that a person gave, until the tab is closed. */
export function serviceKey(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function keepServiceKey(key: string): void {
  sessionStorage.setItem(KEY, key);
}

async function problem(reply: Response): Promise<AffektError> {
  const body = (await reply.json().catch(() => ({}))) as { code?: unknown; detail?: unknown; hint?: unknown };
  const code = ERROR_CODES.find((one): one is ErrorCode => one === body.code) ?? "unavailable";
  const text = (value: unknown, other: string): string => (typeof value === "string" ? value : other);
  return new AffektError(code, text(body.detail, `The server answered ${reply.status}.`), text(body.hint, ""));
}

/** @throws AffektError what the server says, or `unavailable` if it cannot be reached; `aborted` */
export async function serviceFetch(path: string, init: RequestInit = {}): Promise<Response> {
  const key = serviceKey();
  const headers = new Headers(init.headers);
  if (key !== null) headers.set("authorization", `Bearer ${key}`);
  let reply: Response;
  try {
    reply = await fetch(path, { ...init, headers });
  } catch (cause) {
    if (init.signal?.aborted)
      throw new AffektError("aborted", "The request was cancelled.", "Nothing to do.", { cause });
    throw new AffektError("unavailable", "The server cannot be reached.", "Check that it runs.", { cause });
  }
  if (!reply.ok) throw await problem(reply);
  return reply;
}
