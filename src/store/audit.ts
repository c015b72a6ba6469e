/** Who did what: entries are only ever added. */
import { randomUUID } from "node:crypto";
import type { Database } from "./database.ts";
import { audit } from "./schema.ts";
import type { Store } from "./store.ts";

export function auditStore(database: Database): Pick<Store, "addAudit"> {
  return {
    async addAudit(owner, action, details, at) {
      await database.insert(audit).values({ id: randomUUID(), at, owner, action, details });
    },
  };
}
