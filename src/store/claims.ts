/** Requests that may be repeated: the first one claims its key, a repeated one gets the first one's answer. */
import { and, eq, isNull, lt } from "drizzle-orm";
import type { Database } from "./database.ts";
import { idempotencyKeys as claims } from "./schema.ts";
import type { ClaimKey, Store } from "./store.ts";

export function claimStore(database: Database): Pick<Store, "claim" | "finishClaim" | "dropClaim"> {
  const named = ({ owner, route, key }: ClaimKey) =>
    and(eq(claims.owner, owner), eq(claims.route, route), eq(claims.key, key));
  return {
    async claim(key, bodyHash, now, staleBefore) {
      // Whoever claimed it was ended before it could answer.
      await database.delete(claims).where(and(named(key), isNull(claims.status), lt(claims.createdAt, staleBefore)));
      const taken = await database
        .insert(claims)
        .values({ ...key, bodyHash, createdAt: now })
        .onConflictDoNothing()
        .returning({ key: claims.key });
      if (taken.length > 0) return { state: "new" };
      const [row] = await database.select().from(claims).where(named(key));
      // Dropped between the two questions: as good as being answered, the client tries again.
      if (row === undefined) return { state: "running" };
      if (row.bodyHash !== bodyHash) return { state: "other" };
      return row.status === null ? { state: "running" } : { state: "done", status: row.status, answer: row.answer };
    },
    async finishClaim(key, status, answer, subjects) {
      await database
        .update(claims)
        .set({ status, answer, subjects: [...subjects] })
        .where(named(key));
    },
    async dropClaim(key) {
      await database.delete(claims).where(named(key));
    },
  };
}
