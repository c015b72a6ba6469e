import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { tinyText } from "../../../test/support/tiny-models.ts";
import { type FakeOptions, fakeTools, PREDICTION } from "../../../test/support/tools.ts";
import { MODALITIES } from "../../core/modality.ts";
import { PAIRING_CAVEAT, PAIRING_NOTE } from "../../data/caveats.ts";
import { readManifest } from "../../data/read.ts";
import { parseEvaluation } from "../../evaluate/analysis/evaluation-file.ts";
import type { Report } from "../../evaluate/evaluate.ts";
import { askModel } from "../../platform/node/open-expert.ts";
import { manifestHash } from "../../train/sources.ts";
import { runEvaluate } from "./evaluate.ts";

const ROWS = [
  { id: "1", text: "a", label: "joy", split: "test" },
  { id: "2", text: "b", label: "neutral", split: "test" },
  { id: "3", text: "c", label: "joy", split: "train" },
];

/** What is always said of the whole recognizer. */
const MAPPED = "Labels of model and rows are mapped to Ekman's seven.";

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

test("the report says of which splits its rows are, and which of them a model may have learned", async () => {
  const test = tools();
  await runEvaluate({ manifest: "rows.jsonl", resamples: 0 }, test);
  expect(JSON.parse(test.out.join(""))).toMatchObject({ split: "test", splits: { test: 2 }, notes: [MAPPED] });
  const all = tools();
  await runEvaluate({ manifest: "rows.jsonl", resamples: 0, split: "all" }, all);
  expect(JSON.parse(all.out.join(""))).toMatchObject({
    split: "all",
    splits: { train: 1, test: 2 },
    notes: [expect.stringMatching(/^1 of the 3 rows are marked as training or validation rows: /u), MAPPED],
  });
  const shown = tools({ interactive: true });
  await runEvaluate({ manifest: "rows.jsonl", resamples: 0, split: "all" }, shown);
  expect(shown.out.join("\n")).toMatch(/: 3 rows \(1 train, 2 test\), 0 skipped.*1 of the 3 rows are marked/su);
});

test("rows that the model was trained on are told by the contract of one that is asked, marked or not", async () => {
  const unmarked = ROWS.map(({ split: _split, ...row }) => JSON.stringify(row)).join("\n");
  const { manifest } = await readManifest(temporaryFiles({ "rows.jsonl": unmarked }), "rows.jsonl");
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const same = { trainingManifestHash: manifestHash([manifest], sha256) };
  const named = { sources: [{ name: manifest.header.name, terms: "CC0-1.0" }] };
  const learned = expect.stringMatching(
    /^The model was trained on these data or data of the same name: 3 of the 3 rows are no test rows/u,
  );
  // A recognizer takes one model of a language: that with the shortest id.
  const unused = tinyText({ ...same, id: "text-tiny-other" });
  for (const [nets, notes] of [
    [{ "nets/text.onnx": tinyText(same) }, [learned, MAPPED]],
    [{ "nets/text.onnx": tinyText(named) }, [learned, MAPPED]],
    [{ "nets/text.onnx": tinyText(), "nets/other.onnx": unused }, [MAPPED]],
  ] as const) {
    const used = { ...tools(), files: temporaryFiles({ "rows.jsonl": unmarked, ...nets }) };
    await runEvaluate({ manifest: "rows.jsonl", resamples: 0, models: "nets" }, used);
    expect(JSON.parse(used.out.join(""))).toMatchObject({ split: "all", splits: {}, notes });
  }
});

test("what has to be said of the rows stands beside every number of theirs, also in a comparison", async () => {
  const paired = ROWS.map((row) => JSON.stringify({ ...row, note: PAIRING_NOTE })).join("\n");
  const compare = ["recognizer", "recognizer"];
  for (const options of [{}, { compare }]) {
    for (const interactive of [true, false]) {
      const used = { ...tools({ interactive }), files: temporaryFiles({ "rows.jsonl": paired }) };
      await runEvaluate({ manifest: "rows.jsonl", resamples: 10, ...options }, used);
      const said = used.out.join("\n");
      if (interactive) expect(said).toContain(PAIRING_CAVEAT);
      else {
        const { first, notes = first?.notes } = JSON.parse(said) as { first?: Report; notes?: string[] };
        expect(notes).toEqual([PAIRING_CAVEAT, MAPPED]);
      }
    }
  }
});

test.each(["single", "multi"] as const)(
  "what a %s-label model learned from is said beside its numbers",
  async (task) => {
    const model = tinyText({
      caveats: ["Acted.", PAIRING_CAVEAT],
      ...(task === "multi" ? { task, thresholds: [0.5, 0.5] } : {}),
    });
    const joy = {
      text: "😀",
      split: "test",
      note: PAIRING_NOTE,
      ...(task === "multi" ? { labels: ["joy"] } : { label: "joy" }),
    };
    const files = temporaryFiles({ "rows.jsonl": JSON.stringify({ id: "1", ...joy }), "nets/text.onnx": model });
    const used = { ...fakeTools({ askModel }), files };
    await runEvaluate({ manifest: "rows.jsonl", resamples: 0, model: files.absolute("nets/text.onnx") }, used);
    const { notes } = JSON.parse(used.out.join("")) as Report;
    // What is true of the rows as well is said once, of them.
    const [ofRows, ofModel, ...more] = notes;
    expect([ofRows, ofModel]).toEqual([PAIRING_CAVEAT, "Of the data that the model was trained on: Acted."]);
    expect(more.join()).not.toMatch(/Acted|pairing/u);
  },
);

test("a field that no row has is refused before anything is asked, and those that rows have are named", async () => {
  const rows = [
    { id: "1", text: "a", label: "joy", language: "en", sex: "f" },
    { id: "2", text: "b", label: "neutral", sex: "m", note: "", parts: { face: "b1" } },
  ];
  const files = temporaryFiles({ "rows.jsonl": rows.map((row) => JSON.stringify(row)).join("\n") });
  const askAll = () => Promise.reject(new Error("asked"));
  for (const field of ["lingo", "label", "note", "parts"]) {
    const used = { ...tools({ askAll }), files };
    await expect(runEvaluate({ manifest: "rows.jsonl", groupBy: ["sex", field] }, used)).rejects.toMatchObject({
      code: "usage",
      message: `No row can be grouped by this: received "${field}"; expected one of "language", "sex".`,
    });
  }
  const used = { ...tools(), files };
  await runEvaluate({ manifest: "rows.jsonl", resamples: 0, groupBy: ["sex", "language"] }, used);
  expect(JSON.parse(used.out.join("")).groups).toMatchObject({
    sex: { f: { n: 1 }, m: { n: 1 } },
    language: { en: { n: 1 } },
  });
});

test("a terminal gets tables", async () => {
  const used = tools({ interactive: true });
  await runEvaluate({ manifest: "rows.jsonl", split: "all", resamples: 10 }, used);
  const text = used.out.join("\n");
  // joy: 2 of 3 called joy are, both found: F1 = 0.8
  expect(text).toMatch(/joy +0\.6667 +1\.0000 +0\.8000 +2/u);
  expect(text).toContain("3 rows (1 train, 2 test), 0 skipped");
  expect(text).toContain("95 % interval");
});

test.each([
  [{}, "usage"],
  [{ manifest: "rows.jsonl", dataset: "ravdess" }, "usage"],
  [{ manifest: "rows.jsonl", split: "validation" as const }, "data"],
  [{ manifest: "rows.jsonl", model: "nobody" }, "model"],
  [{ manifest: "nowhere.jsonl" }, "file"],
  [{ manifest: "rows.jsonl", subsets: true, model: "nobody" }, "model"],
  [{ manifest: "rows.jsonl", compare: ["recognizer"] }, "usage"],
  [{ manifest: "rows.jsonl", compare: ["a", "b"], out: "x.json" }, "usage"],
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

test("--subsets asks with each subset of what the rows have, and --out keeps all of it", async () => {
  const rows = [
    { id: "1", text: "a", video: "a.mp4", label: "joy" },
    { id: "2", text: "b", label: "neutral" },
  ];
  const files = temporaryFiles({ "rows.jsonl": rows.map((row) => JSON.stringify(row)).join("\n") });
  const asked: unknown[] = [];
  const askAll: FakeOptions["askAll"] = async (_options, all, _manifest, { modalities }) => {
    asked.push(modalities);
    // The second row has text alone.
    const own = modalities.includes("text") ? all : all.slice(0, 1);
    return { answers: own.map((row) => ({ row, answer: PREDICTION })), skipped: [] };
  };
  const used = { ...tools({ askAll }), files };
  await runEvaluate({ manifest: "rows.jsonl", resamples: 0, subsets: true, out: "all.json" }, used);
  // All three together are the evaluation itself, which is not asked for twice.
  expect(asked).toHaveLength(7);
  expect(asked.at(-1)).toEqual(MODALITIES);
  expect(asked).toEqual(expect.arrayContaining([["text"], ["face"], ["speech"], ["face", "speech"]]));
  const { subsets } = JSON.parse(used.out.join(""));
  expect(subsets).toHaveLength(7);
  expect(subsets[0]).toMatchObject({ modalities: ["text"], answered: { n: 2, accuracy: 0.5 }, shared: { n: 1 } });
  const kept = parseEvaluation(await files.readText("all.json"), "all.json");
  expect(kept).toMatchObject({ report: { n: 2 }, subsets });
  expect(kept.predictions).toHaveLength(2);

  const shown = { ...tools({ askAll, interactive: true }), files };
  await runEvaluate({ manifest: "rows.jsonl", resamples: 0, subsets: true }, shown);
  expect(shown.out.join("\n")).toMatch(/text \+ face \+ speech +1 of 2 +1\.0000/u);
});

test("--compare asks two models about the same rows and tests their difference", async () => {
  const compare = ["recognizer", "recognizer"];
  const used = tools();
  await runEvaluate({ manifest: "rows.jsonl", split: "all", resamples: 20, compare }, used);
  expect(JSON.parse(used.out.join(""))).toMatchObject({
    first: { n: 3 },
    second: { n: 3 },
    comparison: { n: 3, agreement: 1, mcnemar: { pValue: 1 }, metrics: { accuracy: { difference: 0 } } },
  });
  const shown = tools({ interactive: true });
  await shown.files.write(
    "of.jsonl",
    ROWS.map((row) => `${JSON.stringify({ ...row, subject: row.id })}\n`),
  );
  await runEvaluate({ manifest: "of.jsonl", split: "all", resamples: 20, compare, bySubject: true }, shown);
  expect(shown.out.join("\n")).toMatch(/accuracy +0\.6667 +0\.6667 +\+0\.0000/u);
});

test("whole subjects are drawn only where rows have some, and rows without are told", async () => {
  const used = tools();
  const drawn = { split: "all", resamples: 5, bySubject: true } as const;
  await expect(runEvaluate({ manifest: "rows.jsonl", ...drawn }, used)).rejects.toMatchObject({
    code: "usage",
    message: "Whole subjects cannot be drawn: no row has a subject.",
  });
  const some = ROWS.map((row) => (row.id === "3" ? row : { ...row, subject: "s" }));
  await used.files.write(
    "some.jsonl",
    some.map((row) => `${JSON.stringify(row)}\n`),
  );
  await runEvaluate({ manifest: "some.jsonl", ...drawn }, used);
  expect((JSON.parse(used.out.join("")) as Report).notes).toContain(
    "Intervals draw whole subjects; 1 of the 3 rows have none and are drawn one by one.",
  );
});

test("rows whose labels the model lacks are told by their labels where no other is left", async () => {
  const rows = [
    { id: "1", text: "a", label: "contempt" },
    { id: "2", text: "b", label: "calm" },
  ];
  const files = temporaryFiles({
    "model.onnx": tinyText(),
    "rows.jsonl": rows.map((row) => JSON.stringify(row)).join("\n"),
  });
  const used = { ...fakeTools({ askModel }), files };
  await expect(
    runEvaluate({ manifest: "rows.jsonl", model: files.absolute("model.onnx"), labels: "as-trained" }, used),
  ).rejects.toThrow(/labels that the model lacks: 1 contempt, 1 calm; it has /u);
});

test("a checkpoint is no model, and what is one is told", async () => {
  const used = tools();
  await used.files.write("run/checkpoint.safetensors", "x");
  await expect(
    runEvaluate({ manifest: "rows.jsonl", model: "run/checkpoint.safetensors" }, used),
  ).rejects.toMatchObject({
    code: "model",
    message: "run/checkpoint.safetensors is no model: expected an id or the path of an .onnx file.",
  });
});
