import { expect, test } from "vitest";
import { madeEvaluation, type SaidRow } from "../../../test/support/evaluations.ts";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { fakeTools } from "../../../test/support/tools.ts";
import { runReport } from "./report.ts";

/** What is kept where the scores of the other labels are not. */
function evaluation(model: string, rows: readonly SaidRow[]) {
  const { report, predictions } = madeEvaluation(model, rows, {
    labels: ["joy", "neutral"],
    prefix: "",
    resamples: 5,
  });
  return { report, predictions: predictions.map(({ scores: _scores, ...row }) => row) };
}

/** Truth and score of neutral. */
const one = evaluation("one", [
  ["joy", 0.1],
  ["joy", 0.8],
  ["neutral", 0.7],
]);
const two = evaluation("two", [
  ["joy", 0.1],
  ["joy", 0.4],
  ["neutral", 0.7],
]);

function tools() {
  const files = temporaryFiles({
    "one.json": JSON.stringify(one),
    "two.json": JSON.stringify(two),
    "bare.json": JSON.stringify(one.report),
    "said.jsonl": one.predictions.map((row) => `${JSON.stringify(row)}\n`).join(""),
    "broken.json": JSON.stringify({ ...one.report, accuracy: 7 }),
    "rows.jsonl": ["secret zero", "secret one", "secret two"]
      .map(
        (text, id) => `${JSON.stringify({ id: String(id), subject: `s${id}`, text, label: "joy", language: "en" })}\n`,
      )
      .join(""),
  });
  return { ...fakeTools(), files };
}

test("writes a page and its numbers, and says where", async () => {
  const used = tools();
  await runReport(
    "one.json",
    { out: "report.html", compare: ["two.json"], manifest: "rows.jsonl", resamples: 10 },
    used,
  );
  expect(JSON.parse(used.out.join(""))).toEqual({ page: "report.html", json: "report.json" });
  const page = await used.files.readText("report.html");
  expect(page.startsWith("<!doctype html>")).toBe(true);
  expect(page.includes("secret one")).toBe(true);
  const numbers = JSON.parse(await used.files.readText("report.json"));
  expect(numbers).toMatchObject({
    report: { n: 3, accuracy: 2 / 3 },
    errors: { wrong: 1, byLanguage: [{ value: "en", n: 3 }] },
    comparison: { n: 3, mcnemar: { onlyFirst: 0, onlySecond: 1 } },
  });
});

test("two evaluations can be named together, and subjects be drawn as a whole", async () => {
  const used = tools();
  const compare = ["one.json", "two.json"];
  await runReport(undefined, { out: "both.html", compare, manifest: "rows.jsonl", bySubject: true }, used);
  const { comparison } = JSON.parse(await used.files.readText("both.json"));
  expect(comparison).toMatchObject({ first: "one", second: "two", n: 3 });
});

test("two evaluations of the same model are told apart by their files", async () => {
  const used = tools();
  await used.files.write("again.json", await used.files.readText("one.json"));
  await runReport("one.json", { out: "both.html", compare: ["again.json"] }, used);
  const { comparison } = JSON.parse(await used.files.readText("both.json"));
  expect(comparison).toMatchObject({ first: "one (one.json)", second: "one (again.json)" });
});

test("takes predictions from their own file, and leaves texts out where asked to", async () => {
  const used = tools();
  await runReport(
    "bare.json",
    { out: "bare.html", predictions: "said.jsonl", manifest: "rows.jsonl", text: false },
    used,
  );
  const page = await used.files.readText("bare.html");
  expect(page.includes('id="mistakes"')).toBe(true);
  expect(page.includes("secret")).toBe(false);
  // The evaluation itself is not written over.
  expect(JSON.parse(used.out.join(""))).toEqual({ page: "bare.html", json: "bare.analysis.json" });
  expect(JSON.parse(await used.files.readText("bare.json"))).toHaveProperty("task", "single");
});

test("nothing is written over but the numbers of an earlier page", async () => {
  const used = tools();
  const two = await used.files.readText("two.json");
  const run = async () => {
    used.out.length = 0;
    await runReport("one.json", { out: "two.html" }, used);
    return JSON.parse(used.out.join("")).json;
  };
  expect(await run()).toBe("two.analysis.json");
  expect(await used.files.readText("two.json")).toBe(two);
  expect(await run()).toBe("two.analysis.json");
  await used.files.write("two.analysis.json", "[1]");
  await expect(run()).rejects.toMatchObject({ code: "usage" });
  expect(await used.files.readText("two.analysis.json")).toBe("[1]");
  await runReport("one.json", { out: "new.html" }, used);
  await runReport("one.json", { out: "new.html", compare: ["two.json"] }, used);
  expect(JSON.parse(await used.files.readText("new.json"))).toHaveProperty("comparison");
});

test("refuses what is not an evaluation, and says which field is wrong", async () => {
  const used = tools();
  const run = (path: string, options: object) => runReport(path, { out: "x.html", ...options }, used);
  await expect(run("broken.json", {})).rejects.toMatchObject({
    code: "input",
    message: expect.stringMatching(/evaluation: accuracy: received/u),
  });
  await expect(run("said.jsonl", {})).rejects.toMatchObject({
    code: "input",
    message: expect.stringMatching(/not JSON/u),
  });
  await expect(run("one.json", { compare: ["bare.json"] })).rejects.toMatchObject({
    message: expect.stringMatching(/bare\.json holds no/u),
  });
  await expect(run("one.json", { out: "x.pdf" })).rejects.toMatchObject({ code: "usage" });
  await expect(runReport(undefined, { out: "x.html", compare: ["one.json"] }, used)).rejects.toMatchObject({
    code: "usage",
  });
  await expect(run("one.json", { bySubject: true })).rejects.toMatchObject({ code: "usage" });
  await expect(run("one.json", { measure: true })).rejects.toMatchObject({ code: "usage" });
});

test("a manifest of other rows is refused, in place of a page without what it was given for", async () => {
  const used = tools();
  await used.files.write("other.jsonl", '{"id":"else","text":"a","label":"joy"}\n');
  await expect(runReport("one.json", { out: "x.html", manifest: "other.jsonl" }, used)).rejects.toMatchObject({
    code: "data",
    message: "None of the rows that were evaluated stands in other.jsonl.",
  });
  await used.files.write("bare.jsonl", '{"id":"0","text":"a","label":"joy"}\n');
  const drawn = { out: "x.html", manifest: "bare.jsonl", bySubject: true };
  await expect(runReport("one.json", drawn, used)).rejects.toMatchObject({ code: "usage" });
});
