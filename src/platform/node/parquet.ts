/**
 * Parquet files through DuckDB, an optional package of 70 MB.
 *
 * Rows stream both ways. On the way out they pass through a temporary JSON Lines file, because the type of a column is
 * known only when all of its values have been seen.
 */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, open, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { AffektError } from "../../core/errors.ts";
import { columnTypes } from "./parquet-columns.ts";
import { type DuckDB, plainRows } from "./parquet-values.ts";

/** Loads the package. Handed in by tests. */
type LoadDuckDB = () => Promise<DuckDB>;

const loadDuckDB: LoadDuckDB = () => import("@duckdb/node-api");

/** No more than this is kept in memory by DuckDB itself; larger work goes to the temporary folder. */
const MEMORY = "512MB";
/** In the path of a table these stand for several files. */
const PATTERN = /[*?[\]{}]/u;

/** Half of a character outside the basic plane, which UTF-8 cannot hold, as JSON writes it. */
const HALF_CHARACTER = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/gu;

async function openDuckDB(load: LoadDuckDB, path: string) {
  let duckdb: DuckDB;
  try {
    duckdb = await load();
  } catch (cause) {
    throw new AffektError(
      "missing-tool",
      `Parquet files such as ${basename(path)} need the optional package @duckdb/node-api, which cannot be loaded.`,
      "Install it: npm install @duckdb/node-api. Or use a .jsonl file.",
      { cause },
    );
  }
  const folder = await mkdtemp(join(tmpdir(), "affekt-"));
  const instance = await duckdb.DuckDBInstance.create(":memory:", {
    memory_limit: MEMORY,
    threads: "2",
    temp_directory: folder,
    // A strange file must not make it fetch anything.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  return {
    duckdb,
    connection,
    folder,
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const named = (column: string): string => `"${column.replaceAll('"', '""')}"`;

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]?.replace(/\.$/u, "") ?? "";
}

async function assertReadable(path: string): Promise<void> {
  try {
    const handle = await open(path);
    const isFile = (await handle.stat()).isFile();
    await handle.close();
    if (isFile) return;
  } catch (cause) {
    const reason = (cause as { code?: string }).code === "ENOENT" ? "it does not exist" : firstLine(cause);
    throw new AffektError("file", `Could not read ${path}: ${reason}.`, "Check the path and its permissions.", {
      cause,
    });
  }
  throw new AffektError("file", `Could not read ${path}: it is a folder.`, "Name one Parquet file.");
}

/**
 * Rows in order, without the columns that are null.
 *
 * Maps become objects, whole numbers plain numbers where they are exact and text where they are not, JSON columns what
 * they hold, dates and times their ISO text.
 *
 * @param path absolute
 * @throws AffektError `file`; `manifest` if it is no Parquet file, or a broken one; `missing-tool` without the package
 */
export async function* readParquet(path: string, load = loadDuckDB): AsyncGenerator<Record<string, unknown>> {
  await assertReadable(path);
  const session = await openDuckDB(load, path);
  try {
    let source = path;
    if (PATTERN.test(path)) {
      source = join(session.folder, "table.parquet");
      await symlink(resolve(path), source);
    }
    const result = await session.connection.stream(`SELECT * FROM read_parquet(${quoted(source)})`);
    const toRows = plainRows(session.duckdb, result);
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      yield* toRows(chunk);
    }
  } catch (cause) {
    if (cause instanceof AffektError) throw cause;
    throw new AffektError(
      "manifest",
      `${path} cannot be read as Parquet: ${firstLine(cause).replaceAll(`${dirname(path)}/`, "")}.`,
      "It may be cut off, or a file of another kind: make it again, or give the rows as .jsonl or .csv.",
      { cause },
    );
  } finally {
    await session.close();
  }
}

/**
 * Writes rows so that a reader sees the old file or the new one, never a part.
 *
 * @param path absolute
 * @throws AffektError `file`; `missing-tool` without the package; whatever `rows` throws
 */
export async function writeParquet(
  path: string,
  rows: AsyncIterable<Readonly<Record<string, unknown>>>,
  load = loadDuckDB,
): Promise<void> {
  const session = await openDuckDB(load, path);
  const partial = `${path}.${randomUUID()}.partial`;
  const columns = columnTypes();
  const lines = join(session.folder, "rows.jsonl");
  try {
    await pipeline(
      (async function* text() {
        for await (const row of rows) {
          columns.see(row);
          yield `${JSON.stringify(row).replaceAll(HALF_CHARACTER, "$1\\ufffd")}\n`;
        }
      })(),
      createWriteStream(lines),
    );
    await mkdir(dirname(path), { recursive: true });
    const types = columns.types();
    const described = types.map(({ name, type }) => `${quoted(name)}: ${quoted(type)}`).join(", ");
    const from = `read_json(${quoted(lines)}, format = 'newline_delimited', columns = {${described}})`;
    const select = types.map(({ name }) => named(name)).join(", ");
    const to = `${quoted(partial)} (FORMAT parquet, COMPRESSION zstd)`;
    await session.connection.run(`COPY (SELECT ${select} FROM ${from}) TO ${to}`);
    const handle = await open(partial, "r+");
    await handle.sync();
    await handle.close();
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    if (cause instanceof AffektError) throw cause;
    const reason = firstLine(cause);
    throw new AffektError("file", `Could not write ${path}: ${reason}.`, "Check the path and its permissions.", {
      cause,
    });
  } finally {
    await session.close();
  }
}
