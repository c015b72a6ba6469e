import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { multiReport } from "./multi-report.ts";
import { singleReport } from "./report.ts";

// Truth anger, joy, joy, joy; said anger (0.9), joy (0.8), joy (0.6), anger (0.7).
const rows = {
  labels: ["anger", "joy"],
  probabilities: Float64Array.of(0.9, 0.1, 0.2, 0.8, 0.4, 0.6, 0.7, 0.3),
  truth: Int32Array.of(0, 1, 1, 1),
};

test("a report holds the metrics of its rows", () => {
  const report = singleReport({ ...rows, abstainBelow: 0.65 }, random(1), { resamples: 200 });
  expect(report).toMatchObject({
    n: 4,
    accuracy: 0.75,
    uar: expect.closeTo((1 + 2 / 3) / 2, 12),
    macroF1: expect.closeTo((2 / 3 + 0.8) / 2, 12),
    weightedF1: expect.closeTo((2 / 3 + 3 * 0.8) / 4, 12),
    confusion: {
      labels: ["anger", "joy"],
      counts: [
        [1, 0],
        [1, 2],
      ],
    },
    // Every joy scores higher for joy than the anger row: 0.8, 0.6, 0.3 > 0.1
    rocAuc: { macro: 1, perClass: { anger: 1, joy: 1 } },
    abstention: { threshold: 0.65, coverage: 0.75, accuracy: 2 / 3 },
  });
  expect(report.perClass.joy).toEqual({ precision: 1, recall: 2 / 3, f1: 0.8, support: 3 });
  // Gaps 0.1 (0.9 right), 0.2 (0.8), 0.4 (0.6), 0.7 (0.7 wrong), each alone in its bin.
  expect(report.ece).toBeCloseTo((0.1 + 0.2 + 0.4 + 0.7) / 4, 12);
  const { accuracy } = report.intervals;
  expect(accuracy?.low).toBeLessThanOrEqual(0.75);
  expect(accuracy?.high).toBe(1);
});

test("groups have metrics of their own, rows without a value are in none", () => {
  const report = singleReport({ ...rows, groups: { sex: ["f", "f", "m", undefined] } }, random(1), { resamples: 0 });
  expect(report.groups?.sex?.f).toEqual({ n: 2, accuracy: 1, uar: 1, macroF1: 1 });
  expect(report.groups?.sex?.m?.n).toBe(1);
  expect(report.intervals).toEqual({});
});

test("a multi-label report counts exact sets, and each label by its threshold", () => {
  const report = multiReport(
    {
      labels: ["anger", "joy"],
      probabilities: Float64Array.of(0.9, 0.2, 0.4, 0.6, 0.1, 0.3),
      truth: Uint8Array.of(1, 0, 1, 0, 0, 1),
      thresholds: [0.35, 0.5],
      groups: { language: ["en", "en", "zh"] },
    },
    random(1),
    { resamples: 50 },
  );
  // Rows: {anger} said {anger}; {anger} said {anger, joy}; {joy} said {}.
  expect(report.accuracy).toBeCloseTo(1 / 3, 12);
  expect(report.perClass.anger?.f1).toBe(1);
  expect(report.perClass.joy?.f1).toBe(0);
  expect(report.macroF1).toBe(0.5);
  expect(report.thresholds).toEqual({ anger: 0.35, joy: 0.5 });
  expect(Object.keys(report.intervals)).toContain("macroF1");
  // Every group runs over the labels it has: English rows have anger alone, the Chinese row joy alone.
  expect(report.groups?.language).toEqual({
    en: { n: 2, accuracy: 0.5, uar: 1, macroF1: 1 },
    zh: { n: 1, accuracy: 0, uar: 0, macroF1: 0 },
  });
  // Six pairs, each alone in its bin, |probability − has it|: 0.1, 0.2, 0.6, 0.6, 0.1, 0.7.
  expect(report.ece).toBeCloseTo((0.1 + 0.2 + 0.6 + 0.6 + 0.1 + 0.7) / 6, 12);
});

test("risk and coverage of several labels a row go by the probability of the whole set", () => {
  const { riskCoverage } = multiReport(
    {
      labels: ["anger", "joy"],
      // Said {anger}: 0.9 · 0.8, right. Said {anger, joy}: 0.8 · 0.5, wrong. Said {}: 0.7 · 0.6, right.
      probabilities: Float64Array.of(0.9, 0.2, 0.8, 0.5, 0.3, 0.4),
      truth: Uint8Array.of(1, 0, 1, 0, 0, 0),
      thresholds: [0.5, 0.5],
    },
    random(1),
    { resamples: 0 },
  );
  const points = riskCoverage.points.map(({ threshold, coverage, risk }) => [threshold, coverage, risk]);
  expect(points.flat()).toEqual(
    [0.72, 1 / 3, 0, 0.42, 2 / 3, 0, 0.4, 1, 1 / 3].map((value) => expect.closeTo(value, 12) as number),
  );
  expect(riskCoverage.area).toBeCloseTo(1 / 9, 12);
});

test("rows of one subject are drawn together, whatever the number of labels", () => {
  const rowsOf = { labels: ["joy"], truth: Uint8Array.of(1, 1, 1, 1), thresholds: [0.5] };
  // Each subject has one right and one wrong row, so every draw of whole subjects has accuracy 1/2.
  const probabilities = Float64Array.of(0.9, 0.1, 0.9, 0.1);
  const { intervals } = multiReport({ ...rowsOf, probabilities, clusters: [0, 0, 1, 1] }, random(1), { resamples: 50 });
  expect(intervals.accuracy).toEqual({ low: 0.5, high: 0.5 });
});
