/** PostgreSQL in this process (PGlite), in a folder or, for tests, in memory. */
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import { AffektError } from "../core/errors.ts";
import { type Database, MIGRATIONS, type OpenedDatabase } from "./database.ts";
import { lockDirectory } from "./directory-lock.ts";

/**
 * @param folder data folder; undefined: in memory
 * @throws AffektError `config` if another process uses the folder, `file` if it cannot be written or is damaged
 */
export async function openPglite(folder?: string): Promise<OpenedDatabase> {
  const unlock = folder === undefined ? async () => {} : await lockDirectory(folder);
  try {
    const client = await PGlite.create(folder === undefined ? {} : { dataDir: join(folder, "postgres") });
    const database = drizzle({ client });
    await migrate(database, { migrationsFolder: MIGRATIONS });
    return {
      database: database as unknown as Database,
      queueHome: { pglite: client },
      async close() {
        await client.close();
        await unlock();
      },
    };
  } catch (cause) {
    await unlock();
    throw new AffektError(
      "file",
      `The database in ${folder ?? "memory"} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}.`,
      "Restore it from a backup, or name another --data-dir.",
      { cause },
    );
  }
}
