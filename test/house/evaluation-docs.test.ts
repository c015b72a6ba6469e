/** docs/evaluation.md names every field of a report. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { random } from "../../src/core/random.ts";
import { columnScores } from "../../src/evaluate/column-scores.ts";
import { evaluatePredictions } from "../../src/evaluate/evaluate.ts";
import { multiReport } from "../../src/evaluate/multi-report.ts";
import { singleReport } from "../../src/evaluate/report.ts";
import { PREDICTION } from "../support/tools.ts";
import { ROOT } from "./tree.ts";

test("every field of a report stands in the table, and no other", () => {
  const header = { name: "made-here", version: "1", labels: [], licence: "", terms: "permissive" as const, source: "" };
  const row = { id: "1", text: "a", label: "joy", language: "en", extra: {} };
  const half = { present: true, quality: 1, weight: 0.5, scores: PREDICTION.scores, model: "made" } as const;
  const answer = { ...PREDICTION, modalities: { text: half, face: half } };
  const asked = { answers: [{ row, answer }], skipped: [] };
  const { report } = evaluatePredictions(asked, { header, rows: [row], base: "." }, "all", { groupBy: ["language"] });
  const rows = { labels: ["joy"], probabilities: Float64Array.of(1), groups: { language: ["en"] } };
  const options = { resamples: 0 };
  const single = singleReport({ ...rows, truth: Int32Array.of(0), abstainBelow: 0.5 }, random(1), options);
  const multi = multiReport({ ...rows, truth: Uint8Array.of(1), thresholds: [0.5] }, random(1), options);
  const further = columnScores([{ row, columns: { numbers: { sentiment: 0 } } }], options);
  const fields = new Set([report, single, multi, further].flatMap((own) => Object.keys(own)));
  const page = readFileSync(`${ROOT}docs/evaluation.md`, "utf8");
  const table = page.slice(page.indexOf("<!-- report -->")).split("\n\n")[1] ?? "";
  const told = table.split("\n").flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`(\w+)`/gu)]);
  expect(new Set(told.map(([, name]) => name))).toEqual(fields);
});
