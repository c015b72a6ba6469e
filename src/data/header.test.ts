import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { splitManifest } from "./copy.ts";
import { readManifest } from "./read.ts";

const CSV = `id,text,label,subject\n${Array.from({ length: 30 }, (_, at) => `r${at},text ${at},joy,s${at}`).join("\n")}\n`;

test("rows split into a file of the same name leave their source readable, and keep a header of their own", async () => {
  const files = temporaryFiles({ "rows.csv": CSV });
  await splitManifest(files, "rows.csv", "rows.jsonl");
  expect((await readManifest(files, "rows.csv")).manifest.header).toMatchObject({ name: "rows", licence: "unstated" });
  expect((await readManifest(files, "rows.jsonl")).manifest.rows).toHaveLength(30);
  expect(await files.exists("rows.header.json")).toBe(false);
  // The same command again writes the same files.
  await splitManifest(files, "rows.csv", "rows.jsonl");
  expect((await readManifest(files, "rows.jsonl")).manifest.rows).toHaveLength(30);
});

test("the header of the source is not written over", async () => {
  const header = JSON.stringify({ name: "mine", labels: ["pride"] });
  const files = temporaryFiles({ "rows.csv": CSV.replace("joy", "pride"), "rows.header.json": header });
  await splitManifest(files, "rows.csv", "rows.jsonl");
  expect(await files.readText("rows.header.json")).toBe(header);
  for (const path of ["rows.csv", "rows.jsonl"]) {
    const { manifest, problems } = await readManifest(files, path);
    expect([manifest.header.name, manifest.rows.length, problems]).toEqual(["mine", 30, []]);
  }
});

test("a shared header of older versions belongs to the file whose hash it holds", async () => {
  const files = temporaryFiles({ "other/rows.csv": CSV });
  await splitManifest(files, "other/rows.csv", "rows.jsonl");
  expect(await files.exists("rows.header.json")).toBe(true);
  await files.write("rows.csv", CSV);
  expect((await readManifest(files, "rows.csv")).manifest.rows).toHaveLength(30);
  // A file that was changed is still refused.
  await files.write("rows.jsonl", '{"id":"1","text":"a"}\n');
  await expect(readManifest(files, "rows.jsonl")).rejects.toThrow("is not the file its header describes");
});

test("a header without a name has that of its file, and keeps what it says", async () => {
  const files = temporaryFiles({ "mine.csv": CSV, "mine.header.json": '{"licence": "CC0-1.0"}' });
  expect((await readManifest(files, "mine.csv")).manifest.header).toMatchObject({ name: "mine", licence: "CC0-1.0" });
});
