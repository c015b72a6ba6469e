/** Repeated requests (Idempotency-Key) get the answer that the first one got; nothing is recognized or kept twice. */
import { createHmac, type Hmac } from "node:crypto";
import { AffektError } from "../core/errors.ts";
import type { Store } from "../store/store.ts";
import type { Replay } from "./server.ts";

/** A request whose process was ended is answered anew after this time. */
const STALE_MS = 120_000;

/** Feeds a body so that different bodies never feed the same. */
function feed(hash: Hmac, value: unknown): void {
  if (value instanceof Uint8Array) {
    hash.update(`b${value.length}:`).update(value);
  } else if (Array.isArray(value)) {
    hash.update(`a${value.length}:`);
    for (const one of value) feed(hash, one);
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    hash.update(`o${entries.length}:`);
    for (const [key, one] of entries) {
      feed(hash, key);
      feed(hash, one);
    }
  } else {
    const text = JSON.stringify(value) ?? "";
    hash.update(`v${text.length}:${text}`);
  }
}

/** Everybody whom a body names. */
function subjectsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(subjectsOf);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  const { subject, inputs } = value as { subject?: unknown; inputs?: unknown };
  return [...(typeof subject === "string" ? [subject] : []), ...subjectsOf(inputs)];
}

/** @param secret under which bodies are hashed, so that nobody who reads the database can guess them */
export function createReplay(store: Store, secret: string, clock: () => Date): Replay {
  return async ({ key, owner, route, body }, answer) => {
    const hash = createHmac("sha256", secret);
    feed(hash, body);
    const named = { owner, route, key };
    const now = clock();
    const claim = await store.claim(named, hash.digest("hex"), now, new Date(now.getTime() - STALE_MS));
    if (claim.state === "done") return { status: claim.status, body: claim.answer };
    if (claim.state === "running") {
      throw new AffektError(
        "conflict",
        "A request with this Idempotency-Key is being answered.",
        "Wait for that one, or try again a little later.",
      );
    }
    if (claim.state === "other") {
      throw new AffektError(
        "conflict",
        "This Idempotency-Key was used for another body.",
        "Use a new key for a new request.",
      );
    }
    try {
      const reply = await answer();
      if (reply.passing === true) await store.dropClaim(named);
      else await store.finishClaim(named, reply.status, reply.body, [...new Set(subjectsOf(body))]);
      return reply;
    } catch (cause) {
      // What failed may be tried again. If the claim cannot be dropped either, it becomes stale by itself.
      await store.dropClaim(named).catch(() => {});
      throw cause;
    }
  };
}
