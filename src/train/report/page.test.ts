import { describe, expect, test } from "vitest";
import { parseTrainConfig } from "../config.ts";
import type { EpochReport } from "../epoch-report.ts";
import { spread } from "./line-chart.ts";
import { type ReportInput, trainingReport } from "./page.ts";
import { epochTicks, niceTicks, tickLabel } from "./ticks.ts";

const config = parseTrainConfig({
  id: "tiny",
  version: "1.0.0",
  modality: "text",
  labels: ["anger", "joy & <more>"],
  data: [{ manifest: "rows.jsonl" }],
  training: { epochs: 3, batch: 2, learningRate: 0.1 },
});
const history = [0.5, 0.8, 0.7].map(
  (score, index): EpochReport => ({
    epoch: index + 1,
    score,
    metrics: { accuracy: score },
    loss: 1 - score,
    learningRate: 0.1,
    best: index < 2,
    seconds: 2,
  }),
);
const input: ReportInput = {
  config,
  task: { trainingRows: 10, validationRows: 5 },
  history,
  schedule: () => 0.1,
  updates: 5,
  command: "affekt train tiny.json",
  today: "2026-01-31",
  confusion: [
    [3, 1],
    [0, 4],
  ],
};

describe("the report", () => {
  test("stands alone: nothing in it refers to another place", () => {
    expect(trainingReport(input)).not.toMatch(/<script|<link|<img|src=|href=|url\(/u);
  });

  test("has every chart, marks the best epoch and escapes what it is given", () => {
    const page = trainingReport(input);
    expect(page.match(/<svg /gu)).toHaveLength(4);
    expect(page).toContain("epoch 2 of 3, accuracy 80.00 %");
    expect(page.match(/<tr class="best">/gu)).toHaveLength(1);
    expect(page).toContain("joy &amp; &lt;more&gt;");
    expect(page).not.toContain("<more>");
    // Three of four angry rows were recognized.
    expect(page).toContain(">75 %<");
    expect(page).not.toMatch(/NaN|undefined|Infinity/u);
  });

  test("says how long the network waited for data, where that was measured", () => {
    const page = trainingReport({ ...input, history: history.map((report) => ({ ...report, waitShare: 0.1234 })) });
    expect(page.match(/>12\.3 %</gu)).toHaveLength(3);
    expect(page).toContain("the share of the training time in which the network waited");
    expect(trainingReport(input)).toContain("<td>–</td>");
  });

  test("can be made after the first epoch, without a confusion matrix", () => {
    const page = trainingReport({ ...input, history: history.slice(0, 1), confusion: undefined });
    expect(page.match(/<svg /gu)).toHaveLength(3);
    expect(page).not.toMatch(/NaN|undefined|Infinity/u);
  });
});

describe("axes", () => {
  test("ticks are round and cover the values", () => {
    expect(niceTicks(0.13, 0.94)).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
    expect(niceTicks(3, 3).length).toBeGreaterThan(1);
    expect([0.2, 0.05, 20, 0.0001].map((value) => tickLabel(value, value))).toEqual(["0.2", "0.05", "20", "1e-4"]);
  });

  test("epochs are whole numbers", () => {
    expect(epochTicks(4)).toEqual([1, 2, 3, 4]);
    expect(epochTicks(40)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40]);
  });

  test("labels that would overlap move apart and stay on the chart", () => {
    expect(spread([50, 52, 10], 15, 0, 100)).toEqual([50, 65, 10]);
    expect(spread([99, 100], 15, 0, 100)).toEqual([85, 100]);
  });
});
