/** A PostgreSQL server. */
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { AffektError } from "../core/errors.ts";
import { type Database, MIGRATIONS, type OpenedDatabase } from "./database.ts";

export interface PostgresOptions {
  /** How long to wait for a server that does not answer yet, in ms. Default 10,000. */
  readonly waitMs?: number;
}

/** Of the advisory lock under which one process at a time migrates: "affekt" in ASCII. */
const MIGRATION_LOCK = "0x616666656b74";
const PAUSE_MS = 500;

/** Where the server is, without the password. */
function placeOf(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname || "this machine"}${port === "" ? "" : `:${port}`}${pathname}`;
  } catch {
    throw new AffektError(
      "config",
      "DATABASE_URL is not an address.",
      "Write postgres://user:password@host:5432/name.",
    );
  }
}

async function migrateOnce(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`select pg_advisory_lock(${BigInt(MIGRATION_LOCK)})`);
    try {
      await migrate(drizzle({ client }), { migrationsFolder: MIGRATIONS });
    } finally {
      await client.query(`select pg_advisory_unlock(${BigInt(MIGRATION_LOCK)})`);
    }
  } finally {
    client.release();
  }
}

/** @throws AffektError `config` if the address is none, `unavailable` if the server does not answer */
export async function openPostgres(url: string, { waitMs = 10_000 }: PostgresOptions = {}): Promise<OpenedDatabase> {
  const place = placeOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    application_name: "affekt",
  });
  // A connection that breaks while idle is replaced when the next one is needed.
  pool.on("error", () => {});
  // One that breaks in the middle of a transaction fails that transaction; unheard, it would end the process.
  pool.on("connect", (client) => void client.on("error", () => {}));
  const until = Date.now() + waitMs;
  for (;;) {
    try {
      await migrateOnce(pool);
      return {
        database: drizzle({ client: pool }) as unknown as Database,
        queueHome: { url },
        close: () => pool.end(),
      };
    } catch (cause) {
      if (Date.now() + PAUSE_MS > until) {
        await pool.end();
        const reason = cause instanceof Error && cause.message !== "" ? cause.message : "it does not answer";
        throw new AffektError(
          "unavailable",
          `The database at ${place} cannot be used: ${reason}.`,
          "Check that the server runs, and the user, the password and the name in DATABASE_URL.",
          { cause },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
