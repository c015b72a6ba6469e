import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { DATASETS } from "../../data/datasets/table.ts";
import { runProgram } from "../program.ts";
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

test("a class folder is checked like a manifest", async () => {
  const files = temporaryFiles({
    "set/train/joy/ann/1.wav": "",
    "set/test/joy/ann/2.wav": "",
    "set/test/odd/3.wav": "",
  });
  const tools = { ...fakeTools(), files };
  await runCheck("set", {}, tools);
  const { rows, problems } = JSON.parse(tools.out.join("")) as { rows: number; problems: { code: string }[] };
  expect(rows).toBe(2);
  expect(problems.map(({ code }) => code).sort()).toEqual(["leak", "unknown-label"]);
});

test("check tells line by line what is missing, changed, broken or in two splits, and --strict fails afterwards", async () => {
  const rows = [
    "",
    JSON.stringify({ id: "1", subject: "ann", text: "Fine!", split: "train" }),
    JSON.stringify({ id: "2", image: "a.png#xywh=1,2", split: "train" }),
    JSON.stringify({ id: "3", audio: "a.wav", sha256: { audio: "0".repeat(64) } }),
    "",
    JSON.stringify({ id: "4", audio: "gone.wav" }),
    JSON.stringify({ id: "5", subject: "ann", text: "other", split: "test" }),
  ];
  const files = temporaryFiles({ "rows.jsonl": rows.join("\n"), "a.wav": "abc" });
  const tools = { ...fakeTools(), files };
  await expect(runCheck("rows.jsonl", { strict: true }, tools)).rejects.toMatchObject({ code: "manifest" });
  const { problems } = JSON.parse(tools.out.join("")) as { problems: { code: string; line: number; reason: string }[] };
  expect(problems.map(({ line, code }) => [line, code])).toEqual([
    [2, "leak"],
    [3, "locator"],
    [4, "changed-file"],
    [6, "missing-file"],
  ]);
  expect(problems[0]?.reason).toBe('shares the subject "ann" across train and test with 5 (line 7)');
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

test("prepare finds the data in the usual folder, and with --checksums the media of the rows have theirs", async () => {
  const table = "file,emotion,emotion_raw,speaker,gender,age,text,language\n";
  const files = temporaryFiles({
    "corpora/speech/tess/labels.csv": `${table}OAF_back_angry.wav,angry,angry,OAF,female,26,Say the word back,en\n`,
    "corpora/speech/tess/OAF_back_angry.wav": "abc",
  });
  const argv = ["data", "prepare", "tess", "--out", "made", "--checksums"];
  const tools = { ...fakeTools({ argv }), files, dataFolder: "corpora" };
  expect(await runProgram(tools)).toBe(0);
  const row = JSON.parse(await files.readText("made/tess.jsonl")) as { sha256: { audio: string } };
  // FIPS 180-2, appendix B.1
  expect(row.sha256.audio).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  await files.write("corpora/speech/tess/OAF_back_angry.wav", "changed");
  await runCheck("made/tess.jsonl", {}, tools);
  expect(tools.err.join("")).toContain("whose bytes have changed");
});
