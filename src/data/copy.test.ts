import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import type { WritableFiles } from "../core/ports.ts";
import { convertManifest, splitManifest } from "./copy.ts";
import { readManifest } from "./read.ts";
import { splitBySubject } from "./split.ts";

const ROWS = Array.from({ length: 60 }, (_, at) => ({
  id: `r${at}`,
  subject: `s${at % 13}`,
  audio: `clips/${at}.wav`,
  label: at % 3 === 0 ? "anger" : "joy",
  split: "test",
}));
const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

test("a split manifest has the splits that splitBySubject gives, and locators for its new place", async () => {
  const files = temporaryFiles({ "in/rows.jsonl": `${jsonl(ROWS)}{broken\n` });
  const told: number[] = [];
  const report = await splitManifest(files, "in/rows.jsonl", "out/split.jsonl", {
    seed: 4,
    onProblem: ({ line }) => told.push(line),
  });
  const { manifest } = await readManifest(files, "in/rows.jsonl");
  const expected = splitBySubject(manifest.rows, { seed: 4 });
  const copy = await readManifest(files, "out/split.jsonl");
  expect(copy.manifest.rows.map(({ split }) => split)).toEqual(expected.map(({ split }) => split));
  expect(copy.manifest.rows[5]?.audio).toBe("../in/clips/5.wav");
  expect(copy.manifest.header.sha256).toBe(report.sha256);
  expect(report).toMatchObject({ rows: 60, leftOut: 1 });
  expect(told).toEqual([61]);
  expect(Object.values(report.splits).reduce((sum, count) => sum + count, 0)).toBe(60);
});

test("strict stops at a broken row and leaves no file", async () => {
  const files = temporaryFiles({ "rows.jsonl": `${jsonl(ROWS)}{broken\n` });
  const failure = convertManifest(files, "rows.jsonl", "copy.jsonl", { strict: true });
  await expect(failure).rejects.toMatchObject({ code: "manifest", message: expect.stringContaining("rows.jsonl:61") });
  expect(await files.exists("copy.jsonl")).toBe(false);
});

test("a manifest without a usable row is not converted", async () => {
  const files = temporaryFiles({ "rows.jsonl": "{broken\n" });
  const failure = convertManifest(files, "rows.jsonl", "copy.jsonl");
  await expect(failure).rejects.toMatchObject({ code: "manifest", message: expect.stringContaining("no usable row") });
  expect(await files.exists("copy.jsonl")).toBe(false);
});

test("an output of another kind is refused before anything is read", async () => {
  const failure = convertManifest(temporaryFiles(), "nowhere.jsonl", "rows.csv");
  await expect(failure).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("rows.csv") });
});

test("where the platform has no tables, Parquet is refused with a way out", async () => {
  const {
    table: _table,
    writeTable: _writeTable,
    ...files
  }: WritableFiles = temporaryFiles({
    "a.parquet": "x",
    "b.jsonl": jsonl(ROWS),
  });
  await expect(readManifest(files, "a.parquet")).rejects.toMatchObject({ code: "missing-tool" });
  await expect(convertManifest(files, "b.jsonl", "b.parquet")).rejects.toMatchObject({ code: "missing-tool" });
});
