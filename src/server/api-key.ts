/**
 * API keys: `affekt_<id>_<secret>`. The secret has 256 random bits, so a keyed hash is as good as a slow one, and costs
 * a request nothing.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { ApiKey } from "../store/store.ts";
import type { Scope } from "./endpoint.ts";

const TOKEN = /^affekt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/u;

export interface NewKey {
  readonly name: string;
  readonly owner: string;
  readonly scopes: readonly Scope[];
  readonly now: Date;
  readonly expiresAt: Date | null;
}

function hashOf(token: string, secret: string): string {
  return createHmac("sha256", secret).update(token).digest("hex");
}

/** @returns what is kept, and the key itself, which is shown once and kept nowhere */
export function makeKey({ now, ...about }: NewKey, secret: string): { readonly row: ApiKey; readonly token: string } {
  const id = randomBytes(8).toString("hex");
  const token = `affekt_${id}_${randomBytes(32).toString("base64url")}`;
  return { row: { ...about, id, hash: hashOf(token, secret), createdAt: now, revokedAt: null }, token };
}

/** Identifier in a key, or undefined if it is none of ours. */
export function idOf(token: string): string | undefined {
  return TOKEN.exec(token)?.[1];
}

export type KeyState = "valid" | "wrong" | "expired" | "revoked";

export function stateOf(row: ApiKey, token: string, secret: string, now: Date): KeyState {
  const [kept, sent] = [Buffer.from(row.hash, "hex"), Buffer.from(hashOf(token, secret), "hex")];
  if (kept.length !== sent.length || !timingSafeEqual(kept, sent)) return "wrong";
  if (row.revokedAt !== null) return "revoked";
  return row.expiresAt !== null && row.expiresAt <= now ? "expired" : "valid";
}
