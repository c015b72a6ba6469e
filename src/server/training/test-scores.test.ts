import { expect, test } from "vitest";
import { testScores } from "./test-scores.ts";

const report = { model: "tiny 1", n: 30, accuracy: 0.9, uar: 0.8, macroF1: 0.7, ece: 0.1, weightedF1: 0.6 };

test("of an evaluation, what a page shows at a glance, and of each further column its metrics", () => {
  const valence = { kind: "number", n: 20, without: 10, ccc: 0.5, pearson: null, mae: 1.5, intervals: {} };
  const { intervals: _intervals, ...shown } = valence;
  expect(testScores(JSON.stringify({ report: { ...report, columns: { valence } }, predictions: [] }))).toEqual({
    scores: { n: 30, accuracy: 0.9, uar: 0.8, macroF1: 0.7, ece: 0.1 },
    columnScores: { valence: shown },
  });
});

test("null without columns", () => {
  expect(testScores(JSON.stringify({ report })).columnScores).toBeNull();
});
