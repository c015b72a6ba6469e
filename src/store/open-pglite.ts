/** PostgreSQL in this process (PGlite), in a folder or, for tests, in memory. */
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import { AffektError } from "../core/errors.ts";
import { noRoom } from "../core/no-room.ts";
import { type Database, MIGRATIONS, type OpenedDatabase } from "./database.ts";
import { lockDirectory } from "./directory-lock.ts";
import { openEngine } from "./lasting-pglite.ts";

/**
 * @param folder data folder; undefined: in memory
 * @throws AffektError `config` if another process uses the folder, `full` if its disk is, `file` if it is damaged
 */
export async function openPglite(folder?: string): Promise<OpenedDatabase> {
  const unlock = folder === undefined ? async () => {} : await lockDirectory(folder);
  try {
    const engine = await openEngine(folder === undefined ? undefined : join(folder, "postgres"));
    const database = drizzle({ client: engine as PGlite });
    await migrate(database, { migrationsFolder: MIGRATIONS });
    return {
      database: database as unknown as Database,
      queueHome: { pglite: engine },
      async close() {
        await engine.close();
        await unlock();
      },
    };
  } catch (cause) {
    await unlock();
    throw new AffektError(
      noRoom(cause)?.code ?? "file",
      `The database in ${folder ?? "memory"} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}.`,
      noRoom(cause)?.hint ?? "Restore it from a backup, or name another --data-dir.",
      { cause },
    );
  }
}
