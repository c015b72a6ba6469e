import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { convertManifest } from "../../data/copy.ts";
import { readManifest } from "../../data/read.ts";
import { readParquet, writeParquet } from "./parquet.ts";

const duckdb = await import("@duckdb/node-api").catch(() => undefined);
if (duckdb === undefined) console.warn("skipped: Parquet needs the optional package @duckdb/node-api");

const ROWS = [
  {
    id: "1",
    text: "it's 愤怒\u2028 \\ud800 and 🙂",
    distribution: { anger: 0.1, joy: 0.9 },
    sex: "f",
    fold: 3,
    flags: { a: null },
  },
  { id: "2", text: "two", labels: ["anger", "joy"], fold: 2.5, sure: true, mixed: "a", language: "zh" },
  { id: "3", audio: "a.wav", label: "sadness", sha256: { audio: "0".repeat(64) }, mixed: 3, split: "test", tags: [] },
  { id: "4", features: { speech: "a.npy#row=7" }, votes: { joy: 2, anger: 1 }, big: 2 ** 60, negative: -0.5 },
];
const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe.skipIf(duckdb === undefined)("Parquet", () => {
  test("rows come back as they went, distributions, several labels, checksums and nothing included", async () => {
    const files = temporaryFiles({ "rows.jsonl": jsonl(ROWS) });
    await convertManifest(files, "rows.jsonl", "rows.parquet");
    await convertManifest(files, "rows.parquet", "back.jsonl");
    const [before, parquet, after] = await Promise.all(
      ["rows.jsonl", "rows.parquet", "back.jsonl"].map((path) => readManifest(files, path)),
    );
    expect(before?.manifest.rows).toHaveLength(4);
    expect(parquet?.problems).toEqual([]);
    expect(parquet?.manifest.rows).toEqual(before?.manifest.rows);
    expect(after?.manifest.rows).toEqual(before?.manifest.rows);
    expect(parquet?.lines.get("3")).toBe(3);
    expect(parquet?.manifest.header.name).toBe("rows");
  });

  test("columns have types that other programs can use", async () => {
    const files = temporaryFiles();
    const path = files.absolute("typed.parquet");
    await files.writeTable?.("typed.parquet", rowsOf(ROWS));
    const instance = await (duckdb as NonNullable<typeof duckdb>).DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
    const types = Object.fromEntries(described.getRowObjectsJson().map((row) => [row.column_name, row.column_type]));
    expect(types).toMatchObject({
      id: "VARCHAR",
      distribution: "MAP(VARCHAR, DOUBLE)",
      labels: "VARCHAR[]",
      sha256: "MAP(VARCHAR, VARCHAR)",
      fold: "DOUBLE",
      sure: "BOOLEAN",
      mixed: "JSON",
    });
    const sql = "SELECT distribution['joy'] AS joy FROM read_parquet";
    const [first] = (await connection.runAndReadAll(`${sql}('${path}') LIMIT 1`)).getRowObjectsJson();
    expect(first).toEqual({ joy: 0.9 });
    connection.closeSync();
    instance.closeSync();
  });

  test("structs, decimals, dates and large numbers of other programs become plain values", async () => {
    const files = temporaryFiles();
    const path = files.absolute("other.parquet");
    const instance = await (duckdb as NonNullable<typeof duckdb>).DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT 7::BIGINT AS id, {joy: 0.25::DECIMAL(4,2), anger: NULL} AS distribution, DATE '2026-01-31' AS day,
        9007199254740993::BIGINT AS big, NULL::VARCHAR AS text) TO '${path}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    expect(await all(readParquet(path))).toEqual([
      { id: 7, distribution: { joy: 0.25 }, day: "2026-01-31", big: "9007199254740993" },
    ]);
  });

  test("a path with the signs of a pattern is one file, and half a character does not stop the rest", async () => {
    const files = temporaryFiles();
    await files.writeTable?.("[a] it's *.parquet", rowsOf([{ id: "1", text: "a\ud800b" }]));
    expect(await all(readParquet(files.absolute("[a] it's *.parquet")))).toEqual([{ id: "1", text: "a\ufffdb" }]);
  });

  test("a file that is cut off, of another kind or missing is told", async () => {
    const files = temporaryFiles({ "rows.jsonl": jsonl(ROWS), "text.parquet": "not a table at all" });
    await convertManifest(files, "rows.jsonl", "rows.parquet");
    const bytes = await files.readBytes("rows.parquet");
    await files.write("cut.parquet", bytes.slice(0, bytes.length - 20));
    await expect(readManifest(files, "cut.parquet")).rejects.toMatchObject({
      code: "manifest",
      message: expect.stringMatching(/cut\.parquet cannot be read as Parquet: .+/u) as string,
    });
    await expect(readManifest(files, "text.parquet")).rejects.toMatchObject({ code: "manifest" });
    await expect(readManifest(files, "gone.parquet")).rejects.toMatchObject({ code: "file" });
    await expect(all(readParquet(files.absolute("gone.parquet")))).rejects.toMatchObject({ code: "file" });
  });

  test("rows that break off leave the old file and no rubbish", async () => {
    const files = temporaryFiles({ "rows.parquet": "old" });
    const broken = async function* () {
      yield { id: "1" };
      throw new Error("no more");
    };
    await expect(writeParquet(files.absolute("rows.parquet"), broken())).rejects.toMatchObject({ code: "file" });
    expect(readdirSync(files.absolute("."))).toEqual(["rows.parquet"]);
    expect(await files.readText("rows.parquet")).toBe("old");
  });
});

async function* rowsOf<T>(rows: readonly T[]): AsyncGenerator<T> {
  yield* rows;
}

test("without the package the error says how to get it", async () => {
  const files = temporaryFiles({ "rows.parquet": "PAR1" });
  const absent = () => Promise.reject(new Error("Cannot find package"));
  const failure = { code: "missing-tool", hint: expect.stringContaining("npm install @duckdb/node-api") as string };
  await expect(all(readParquet(files.absolute("rows.parquet"), absent))).rejects.toMatchObject(failure);
  await expect(writeParquet(files.absolute("new.parquet"), rowsOf([]), absent)).rejects.toMatchObject(failure);
  expect(existsSync(files.absolute("new.parquet"))).toBe(false);
});
