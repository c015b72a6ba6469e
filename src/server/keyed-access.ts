/** Access by API key; while there is no key at all, for this machine only. */
import type { IncomingHttpHeaders } from "node:http";
import { AffektError } from "../core/errors.ts";
import type { Store } from "../store/store.ts";
import { type Access, localAccess } from "./access.ts";
import { idOf, stateOf } from "./api-key.ts";
import { SCOPES, type Scope } from "./endpoint.ts";

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
}

export function keyedAccess(store: Store, { secret, clock, local }: KeyedAccessOptions): Access {
  // Once there is a key there is one for good: a revoked one stays in the table.
  let keyed = !local;
  return async (request, scope) => {
    keyed ||= await store.hasKeys();
    const token = bearer(request.headers);
    if (!keyed && token === undefined) return localAccess(request, scope);
    if (token === undefined) throw refused("missing");
    const id = idOf(token);
    const row = id === undefined ? undefined : await store.findKey(id);
    if (row === undefined) throw refused("wrong");
    const state = stateOf(row, token, secret, clock());
    if (state !== "valid") throw refused(state);
    const scopes = SCOPES.filter((one) => row.scopes.includes(one));
    if (!scopes.includes(scope)) throw lacking(scope);
    return { owner: row.owner, scopes };
  };
}

function lacking(scope: Scope): AffektError {
  return new AffektError("forbidden", `The key may not do this: it lacks the scope ${scope}.`, "Use another key.");
}
