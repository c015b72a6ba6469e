/** Opens the store: a PostgreSQL server if one is named, otherwise the engine in this process. */
import { sql } from "drizzle-orm";
import { apiKeyStore } from "./api-keys.ts";
import { auditStore } from "./audit.ts";
import { backupStore } from "./backup.ts";
import { claimStore } from "./claims.ts";
import type { OpenedDatabase } from "./database.ts";
import { erasureStore } from "./erasure.ts";
import { feedbackStore } from "./feedback.ts";
import { guarded } from "./guard.ts";
import { jobItemStore } from "./job-items.ts";
import { jobStore } from "./jobs.ts";
import { predictionStore } from "./predictions.ts";
import type { Store } from "./store.ts";

export interface StoreOptions {
  /** Of a PostgreSQL server. */
  readonly databaseUrl?: string | undefined;
  /** For the engine in this process. Neither: in memory. */
  readonly dataDir?: string | undefined;
}

function storeOn({ database, queueHome, close }: OpenedDatabase): Store {
  const methods = guarded<Omit<Store, "queueHome">>({
    ...predictionStore(database),
    ...erasureStore(database),
    ...auditStore(database),
    ...claimStore(database),
    ...apiKeyStore(database),
    ...jobStore(database),
    ...jobItemStore(database),
    ...feedbackStore(database),
    ...backupStore(database),
    async ping() {
      await database.execute(sql`select 1`);
    },
    close,
  });
  return { ...methods, queueHome };
}

/** Brings the tables up to date. @throws AffektError `config`, `file`, `unavailable` */
export async function openStore({ databaseUrl, dataDir }: StoreOptions = {}): Promise<Store> {
  if (databaseUrl !== undefined) {
    const { openPostgres } = await import("./open-postgres.ts");
    return storeOn(await openPostgres(databaseUrl));
  }
  const { openPglite } = await import("./open-pglite.ts");
  return storeOn(await openPglite(dataDir));
}
