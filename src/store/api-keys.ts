/** API keys. Only a hash of a key is kept. */
import { and, asc, eq, isNull } from "drizzle-orm";
import type { Database } from "./database.ts";
import { apiKeys } from "./schema.ts";
import type { Store } from "./store.ts";

type Part = Pick<Store, "addKey" | "findKey" | "listKeys" | "revokeKey" | "hasKeys">;

export function apiKeyStore(database: Database): Part {
  return {
    async addKey(key) {
      await database.insert(apiKeys).values({ ...key, scopes: [...key.scopes] });
    },
    async findKey(id) {
      const [row] = await database.select().from(apiKeys).where(eq(apiKeys.id, id));
      return row;
    },
    listKeys: (owner) =>
      database
        .select()
        .from(apiKeys)
        .where(owner === undefined ? undefined : eq(apiKeys.owner, owner))
        .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id)),
    async revokeKey(id, now, owner) {
      const changed = await database
        .update(apiKeys)
        .set({ revokedAt: now })
        .where(
          and(
            eq(apiKeys.id, id),
            isNull(apiKeys.revokedAt),
            owner === undefined ? undefined : eq(apiKeys.owner, owner),
          ),
        )
        .returning({ id: apiKeys.id });
      return changed.length > 0;
    },
    async hasKeys() {
      return (await database.select({ id: apiKeys.id }).from(apiKeys).limit(1)).length > 0;
    },
  };
}
