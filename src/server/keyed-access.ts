/** Access by API key; while there is no key at all, for this machine only. */
import type { IncomingHttpHeaders } from "node:http";
import { AffektError } from "../core/errors.ts";
import type { Store } from "../store/store.ts";
import { type Access, localAccess } from "./access.ts";
import { idOf, stateOf } from "./api-key.ts";
import { type Caller, SCOPES, type Scope } from "./endpoint.ts";
import type { VerifyToken } from "./oidc.ts";

/** Three parts in base64url: a key of ours holds no dots. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/u;

const REASONS = {
  missing: "This service wants a key, and none was sent.",
  wrong: "The key is not one of this service.",
  expired: "The key has expired.",
  revoked: "The key was revoked.",
} as const;

function refused(reason: keyof typeof REASONS): AffektError {
  return new AffektError("unauthorized", REASONS[reason], "Send a valid key as Authorization: Bearer affekt_…");
}

function bearer({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(\S+)$/iu.exec(authorization ?? "")?.[1];
}

export interface KeyedAccessOptions {
  readonly secret: string;
  readonly clock: () => Date;
  /** Whether a service without keys answers this machine. */
  readonly local: boolean;
  /** Takes tokens of people too. */
  readonly tokens?: VerifyToken | undefined;
}

export function keyedAccess(store: Store, { secret, clock, local, tokens }: KeyedAccessOptions): Access {
  // Once there is a key there is one for good: a revoked one stays in the table.
  let keyed = !local || tokens !== undefined;
  return async (request, scope) => {
    keyed ||= await store.hasKeys();
    const token = bearer(request.headers);
    if (!keyed && token === undefined) return localAccess(request, scope);
    if (token === undefined) throw refused("missing");
    if (tokens !== undefined && JWT.test(token)) return allowed(await tokens(token), scope);
    const id = idOf(token);
    const row = id === undefined ? undefined : await store.findKey(id);
    if (row === undefined) throw refused("wrong");
    const state = stateOf(row, token, secret, clock());
    if (state !== "valid") throw refused(state);
    const scopes = SCOPES.filter((one) => row.scopes.includes(one));
    return allowed({ owner: row.owner, scopes, key: row.id }, scope);
  };
}

function allowed(caller: Caller, scope: Scope): Caller {
  if (caller.scopes.includes(scope)) return caller;
  throw new AffektError("forbidden", `The key may not do this: it lacks the scope ${scope}.`, "Use another key.");
}
