/** `/v1/keys`: an owner's keys. */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import type { ApiKey, Store } from "../../store/store.ts";
import { makeKey } from "../api-key.ts";
import { type Endpoint, endpoint, ok, SCOPES } from "../endpoint.ts";

const Key = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Key" });

const NewKeyBody = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(100)
      .regex(/^\P{Cc}*$/u, "must not hold control characters"),
    scopes: z.array(z.enum(SCOPES)).min(1),
    days: z.int().min(1).max(3650).optional().meta({ description: "Until it expires. Default: never." }),
  })
  .meta({ id: "NewKey" });

const DAY_MS = 86_400_000;

function shown({ id, name, scopes, createdAt, expiresAt, revokedAt }: ApiKey): z.infer<typeof Key> {
  return {
    id,
    name,
    scopes: [...scopes],
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}

export function keysEndpoints(store: Store, secret: string, clock: () => Date): Endpoint[] {
  return [
    endpoint(
      {
        method: "POST",
        path: "/v1/keys",
        summary: "Make a key",
        description: "The first key ends access without one. The answer is the only place that shows the key itself.",
        scope: "admin",
        body: NewKeyBody,
        replies: { 201: { says: "The key.", schema: z.object({ key: z.string(), about: Key }) } },
        fails: ["input", "unavailable"],
      },
      async ({ body: { name, scopes, days }, caller }) => {
        const now = clock();
        const expiresAt = days === undefined ? null : new Date(now.getTime() + days * DAY_MS);
        const { row, token } = makeKey({ name, scopes, owner: caller.owner, now, expiresAt }, secret);
        await store.addKey(row);
        return { status: 201, body: { key: token, about: shown(row) } };
      },
    ),
    endpoint(
      {
        method: "GET",
        path: "/v1/keys",
        summary: "List the keys, without their secrets",
        scope: "admin",
        replies: { 200: { says: "All keys, revoked ones too.", schema: z.object({ keys: z.array(Key) }) } },
        fails: ["unavailable"],
      },
      async ({ caller }) => ok({ keys: (await store.listKeys(caller.owner)).map(shown) }),
    ),
    endpoint(
      {
        method: "DELETE",
        path: "/v1/keys/{id}",
        summary: "Revoke a key",
        scope: "admin",
        params: z.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/u, "expected 16 hexadecimal digits") }),
        replies: { 200: { says: "It is revoked.", schema: z.object({ revoked: z.string() }) } },
        fails: ["input", "not-found", "unavailable"],
      },
      async ({ params: { id }, caller }) => {
        if (await store.revokeKey(id, clock(), caller.owner)) return ok({ revoked: id });
        throw new AffektError("not-found", "There is no such key, or it is revoked already.", "See GET /v1/keys.");
      },
    ),
  ];
}
