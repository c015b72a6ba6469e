import { expect, test } from "vitest";
import { smooth, smoothedScores } from "./smoothing.ts";

const scores = (joy: number) => [
  { label: "joy", score: joy },
  { label: "anger", score: 1 - joy },
];

test("a half-life later the old counts half; the weights decide among them", () => {
  const first = smooth(undefined, scores(1), 2, 0, 1_000);
  const second = smooth(first, scores(0), 1, 1_000, 1_000);
  // Joy 2 · 0.5, anger 1
  expect(smoothedScores(second)).toEqual([
    { label: "anger", score: 0.5 },
    { label: "joy", score: 0.5 },
  ]);
});

test("what comes late counts as now, and a label that is new begins at nothing", () => {
  const first = smooth(undefined, scores(1), 1, 5_000, 1_000);
  const second = smooth(first, [{ label: "fear", score: 1 }], 1, 3_000, 1_000);
  expect(second.timeMs).toBe(5_000);
  expect(smoothedScores(second).map(({ score }) => score)).toEqual([0.5, 0.5, 0]);
});
