/**
 * Everything that is in the tables, as lines of JSON, and back. The same lines fit both engines, so that a backup of a
 * laptop can be restored on a server. What the queue holds is not in it: it is made anew from what waits.
 */
import { getTableColumns, getTableName, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { AffektError } from "../core/errors.ts";
import type { Database } from "./database.ts";
import * as schema from "./schema.ts";
import type { Counts, Store } from "./store.ts";

const VERSION = 1;
const PAGE = 500;
const TABLES: readonly PgTable[] = [
  schema.subjects,
  schema.sessions,
  schema.predictions,
  schema.consents,
  schema.jobs,
  schema.jobItems,
  schema.feedback,
  schema.audit,
  schema.idempotencyKeys,
  schema.apiKeys,
];

type Row = Record<string, unknown>;

function toJson(row: Row): Row {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  ]);
  return Object.fromEntries(entries);
}

/** A row with dates and bytes again, by the types of the table's columns. */
function fromJson(table: PgTable, row: Row): Row {
  const columns = getTableColumns(table);
  const entries = Object.entries(row).flatMap(([name, value]) => {
    const column = columns[name];
    if (column === undefined) return [];
    if (typeof value !== "string") return [[name, value]];
    if (column.dataType === "date") return [[name, new Date(value)]];
    return [[name, column.getSQLType() === "bytea" ? Buffer.from(value, "base64") : value]];
  });
  return Object.fromEntries(entries);
}

function broken(why: string): AffektError {
  return new AffektError("data", `The backup cannot be restored: ${why}.`, "Name a whole file of `affekt backup`.");
}

interface Line {
  readonly affekt?: unknown;
  readonly version?: unknown;
  readonly table?: unknown;
  readonly row?: Row;
  readonly rows?: unknown;
}

function parse(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw broken("a line is no JSON");
  }
}

export function backupStore(database: Database): Pick<Store, "backup" | "restore"> {
  return {
    async backup(write) {
      await write(JSON.stringify({ affekt: "backup", version: VERSION, at: new Date().toISOString() }));
      let rows = 0;
      // One snapshot for all tables.
      await database.transaction(
        async (change) => {
          for (const table of TABLES) {
            for (let last = "(0,0)"; ; ) {
              const page = await change
                .select({ row: getTableColumns(table), place: sql<string>`${table}.ctid::text` })
                .from(table)
                .where(sql`${table}.ctid > ${last}::tid`)
                .orderBy(sql`${table}.ctid`)
                .limit(PAGE);
              for (const { row } of page) {
                await write(JSON.stringify({ table: getTableName(table), row: toJson(row as Row) }));
              }
              rows += page.length;
              const end = page.at(-1);
              if (end === undefined || page.length < PAGE) break;
              last = end.place;
            }
          }
        },
        { isolationLevel: "repeatable read", accessMode: "read only" },
      );
      await write(JSON.stringify({ rows }));
      return rows;
    },

    async restore(lines) {
      return database.transaction(async (change): Promise<Counts> => {
        for (const table of TABLES) {
          const [any] = await change.select({ one: sql`1` }).from(table).limit(1);
          if (any === undefined) continue;
          throw new AffektError(
            "conflict",
            `There are data already: ${getTableName(table)} is not empty.`,
            "Restore into an empty database or a new --data-dir.",
          );
        }
        const counts: Record<string, number> = {};
        let [total, told, batch, of]: [number, unknown, Row[], PgTable | undefined] = [0, undefined, [], undefined];
        const flush = async (): Promise<void> => {
          if (of !== undefined && batch.length > 0) await change.insert(of).values(batch);
          batch = [];
        };
        let first = true;
        for await (const text of lines) {
          const line = parse(text);
          if (first && (line.affekt !== "backup" || line.version !== VERSION))
            throw broken("it is none of this version");
          first = false;
          if (line.rows !== undefined) told = line.rows;
          if (line.table === undefined) continue;
          const table = TABLES.find((one) => getTableName(one) === line.table);
          if (table === undefined || line.row === undefined) throw broken(`it names ${JSON.stringify(line.table)}`);
          if (table !== of || batch.length >= PAGE) await flush();
          of = table;
          batch.push(fromJson(table, line.row));
          counts[getTableName(table)] = (counts[getTableName(table)] ?? 0) + 1;
          total++;
        }
        await flush();
        if (told !== total) throw broken("it is cut off");
        return counts;
      });
    },
  };
}
