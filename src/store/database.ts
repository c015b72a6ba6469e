/** A database that speaks PostgreSQL: a server, or the engine in this process. */
import { fileURLToPath } from "node:url";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";

export type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>;

export interface OpenedDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/** SQL files, one per change of the schema, that both engines run in order. */
export const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));
