import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeTools } from "../../../test/support/tools.ts";
import { DATASETS } from "../../data/datasets/table.ts";
import { runCheck, runDataList, runPrepare } from "./data.ts";

function manifest(): string {
  const path = join(mkdtempSync(join(tmpdir(), "affekt-data-")), "rows.jsonl");
  const rows = [
    { id: "1", text: "fine", label: "joy" },
    { id: "1", text: "again", label: "joy" },
    { id: "2", text: "odd", label: "grumbling" },
    { id: "3", audio: "nowhere.wav", label: "sad" },
  ];
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return path;
}

test("check names every broken row with its reason and goes on", async () => {
  const tools = fakeTools();
  await runCheck(manifest(), {}, tools);
  const { rows, problems } = JSON.parse(tools.out.join("")) as { rows: number; problems: { code: string }[] };
  expect(rows).toBe(2);
  expect(problems.map(({ code }) => code)).toEqual(["duplicate-id", "unknown-label", "missing-file"]);
  expect(tools.err.join("")).toContain("rows.jsonl:2 (1) repeats the id of line 1");
});

test("check --strict makes a broken row an error", async () => {
  await expect(runCheck(manifest(), { strict: true }, fakeTools())).rejects.toMatchObject({ code: "manifest" });
});

test("list shows every data set of the table", async () => {
  const tools = fakeTools({ interactive: true });
  await runDataList({}, tools);
  for (const { name } of DATASETS) expect(tools.out.join("\n")).toContain(name);
});

test("preparing an unknown data set names the known ones", async () => {
  const failure = runPrepare("imagenet", { root: tmpdir(), out: tmpdir() }, fakeTools());
  await expect(failure).rejects.toMatchObject({ code: "usage", hint: expect.stringContaining("ravdess") as string });
});
