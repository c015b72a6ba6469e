import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { type FakeOptions, fakeTools, PREDICTION } from "../../../test/support/tools.ts";
import type { Report } from "../../evaluate/evaluate.ts";
import { runEvaluate } from "./evaluate.ts";

const ROWS = [
  { id: "1", text: "a", label: "joy", split: "test" },
  { id: "2", text: "b", label: "neutral", split: "test" },
  { id: "3", text: "c", label: "joy", split: "train" },
];

/** A recognizer that always says joy. */
function tools(options: FakeOptions = {}) {
  const files = temporaryFiles({ "rows.jsonl": ROWS.map((row) => `${JSON.stringify(row)}\n`).join("") });
  const fake = fakeTools({
    askAll: async (_options, rows) => ({ answers: rows.map((row) => ({ row, answer: PREDICTION })), skipped: [] }),
    ...options,
  });
  return { ...fake, files };
}

test("measures the whole recognizer on the test rows", async () => {
  const used = tools();
  await runEvaluate({ manifest: "rows.jsonl", resamples: 0, predictions: "said.jsonl" }, used);
  const report = JSON.parse(used.out.join("")) as Report;
  // joy is right, neutral is called joy: accuracy 1/2, recalls 1 and 0
  expect(report).toMatchObject({ n: 2, accuracy: 0.5, uar: 0.5, labels: ["joy", "neutral"] });
  expect((await used.files.readText("said.jsonl")).trimEnd().split("\n")).toHaveLength(2);
});

test("a terminal gets tables", async () => {
  const used = tools({ interactive: true });
  await runEvaluate({ manifest: "rows.jsonl", split: "all", resamples: 10 }, used);
  const text = used.out.join("\n");
  // joy: 2 of 3 called joy are, both found: F1 = 0.8
  expect(text).toMatch(/joy +0\.6667 +1\.0000 +0\.8000 +2/u);
  expect(text).toContain("3 rows, 0 skipped");
  expect(text).toContain("95 % interval");
});

test.each([
  [{}, "usage"],
  [{ manifest: "rows.jsonl", dataset: "ravdess" }, "usage"],
  [{ manifest: "rows.jsonl", split: "validation" as const }, "data"],
  [{ manifest: "rows.jsonl", model: "nobody" }, "model"],
  [{ manifest: "nowhere.jsonl" }, "file"],
])("%j fails with the code %s", async (options, code) => {
  await expect(runEvaluate(options, tools())).rejects.toMatchObject({ code });
});

test("the first broken rows are told with line and reason, and --strict stops at one", async () => {
  const rows = [...ROWS.map((row) => JSON.stringify(row)), "{broken", '{"id":"5","image":"a.png#xywh=1,2"}'];
  const files = temporaryFiles({ "rows.jsonl": rows.join("\n") });
  const used = { ...tools(), files };
  await runEvaluate({ manifest: "rows.jsonl", resamples: 0 }, used);
  const told = used.err.join("");
  expect(told).toContain("rows.jsonl:4 is not JSON");
  expect(told).toContain("rows.jsonl:5 (5) has a broken locator");
  expect(told).toContain("2 broken rows are left out");
  const strict = runEvaluate({ manifest: "rows.jsonl", strict: true }, used);
  await expect(strict).rejects.toMatchObject({
    code: "manifest",
    message: expect.stringContaining("rows.jsonl:4") as string,
  });
});

test("a class folder is evaluated like a manifest", async () => {
  const files = temporaryFiles({ "set/joy/1.wav": "", "set/neutral/2.wav": "" });
  const used = { ...tools(), files };
  await runEvaluate({ manifest: "set", resamples: 0 }, used);
  expect(JSON.parse(used.out.join("")) as Report).toMatchObject({ n: 2, accuracy: 0.5, manifest: { name: "set" } });
});

test.each([
  ["no bytes", ""],
  ["other bytes", "this is no network"],
])("a model file of %s is named by the error", async (_what, content) => {
  const row = JSON.stringify(ROWS[0]);
  const used = { ...tools(), files: temporaryFiles({ "rows.jsonl": row, "nets/bad.onnx": content }) };
  const failure = await runEvaluate({ manifest: "rows.jsonl", model: "nets/bad.onnx" }, used).catch((error) => error);
  expect(["model", "contract"]).toContain(failure.code);
  expect(failure.message).toContain("nets/bad.onnx");
});
