/** A database that speaks PostgreSQL: a server, or the engine in this process. */
import { fileURLToPath } from "node:url";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type { Engine } from "./lasting-pglite.ts";

export type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>;

/** A transaction. */
export type Change = Parameters<Parameters<Database["transaction"]>[0]>[0];

/** Where the queue of jobs lies: beside the tables, on the same engine. */
export type QueueHome = { readonly pglite: Engine } | { readonly url: string };

export interface OpenedDatabase {
  readonly database: Database;
  readonly queueHome: QueueHome;
  close(): Promise<void>;
}

/** SQL files, one per change of the schema, that both engines run in order. */
export const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));
