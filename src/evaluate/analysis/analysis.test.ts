import { expect, test } from "vitest";
import { madeEvaluation } from "../../../test/support/evaluations.ts";
import { AffektError } from "../../core/errors.ts";
import type { Picture } from "../../core/media.ts";
import { random } from "../../core/random.ts";
import type { Row } from "../../data/row.ts";
import type { Evaluation } from "../evaluate.ts";
import type { RowMedia } from "../row-media.ts";
import { analyze } from "./analysis.ts";
import { compareEvaluations } from "./compare.ts";
import { analyzeErrors } from "./error-analysis.ts";
import { confidentMistakes, confusedPairs } from "./mistakes.ts";
import { measureFacts, rowFacts } from "./row-facts.ts";
import { slicesByNumber, slicesByValue } from "./slices.ts";
import { evaluateSubsets, modalitiesOf, subsetsOf } from "./subsets.ts";

/** Truth and score of joy. */
const first = madeEvaluation("one", [
  ["joy", 0.9],
  ["joy", 0.2],
  ["joy", 0.4],
  ["anger", 0.95],
  ["anger", 0.1],
]);
const second = madeEvaluation("two", [
  ["joy", 0.9],
  ["joy", 0.7],
  ["joy", 0.6],
  ["anger", 0.95],
  ["anger", 0.8],
]);

test("the most confident mistake comes first, with the score of what was right", () => {
  const [worst, next] = confidentMistakes(first.predictions);
  expect(worst).toMatchObject({ id: "r3", truth: "anger", said: "joy", confidence: 0.95 });
  expect(worst?.scoreOfTruth).toBeCloseTo(0.05, 12);
  expect(next?.id).toBe("r1");
});

test("confused pairs are counted against the rows of their truth", () => {
  const [pair, other] = confusedPairs(first.predictions, new Map([["r1", { id: "r1", text: "oh" }]]));
  expect(pair).toMatchObject({ truth: "joy", said: "anger", count: 2, share: 2 / 3 });
  expect(pair?.examples.map(({ id }) => id)).toEqual(["r1", "r2"]);
  expect(pair?.examples[0]?.facts?.text).toBe("oh");
  expect(other).toMatchObject({ truth: "anger", said: "joy", count: 1, share: 0.5 });
});

test("slices hold equally many rows, and say which end goes with mistakes", () => {
  // Wrong below 20 of 100.
  const rows = Array.from({ length: 100 }, (_, value) => ({ right: value >= 20, value }));
  const { slices, wrongIsHigher, n, wrong } = slicesByNumber([...rows, { right: false, value: undefined }]);
  expect([n, wrong]).toEqual([100, 20]);
  expect(slices.map(({ n: own, wrong, from, to }) => [own, wrong, from, to])).toEqual([
    [20, 20, 0, 19],
    [20, 0, 20, 39],
    [20, 0, 40, 59],
    [20, 0, 60, 79],
    [20, 0, 80, 99],
  ]);
  expect(wrongIsHigher).toBe(0);
});

test("what chance can do is not called an effect", () => {
  // 4 wrong and 4 right rows: 1.96 · √(9 / (12 · 4 · 4)) = 0.424 around one half
  const of = (...right: boolean[]) => slicesByNumber(right.map((own, value) => ({ right: own, value })));
  expect(of(true, true, true, true, false, false, false, false)).toMatchObject({
    wrongIsHigher: 1,
    beyondChance: true,
  });
  expect(of(true, false, true, true, true, false, false, false)).toMatchObject({
    wrongIsHigher: 13 / 16,
    beyondChance: false,
  });
  expect(of(true, true)).toMatchObject({ wrongIsHigher: null, beyondChance: false });
});

test("equal values are never torn apart", () => {
  const rows = Array.from({ length: 100 }, (_, place) => ({ right: true, value: place < 90 ? 1 : 2 }));
  const { slices, wrongIsHigher } = slicesByNumber(rows);
  expect(slices.map(({ n, from, to }) => [n, from, to])).toEqual([
    [90, 1, 1],
    [10, 2, 2],
  ]);
  expect(wrongIsHigher).toBeNull();
});

test("slices of a value are in order of their rows", () => {
  const rows = [
    { right: true, value: "en" },
    { right: false, value: "zh" },
    { right: true, value: "zh" },
  ];
  expect(slicesByValue(rows)).toMatchObject([
    { value: "zh", n: 2, wrong: 1, errorRate: 0.5 },
    { value: "en", n: 1, wrong: 0 },
  ]);
});

test("facts that no row has are left out of an analysis", () => {
  const errors = analyzeErrors(first.predictions, [{ id: "r0", characters: 3, language: "zh" }]);
  expect(errors).toMatchObject({ n: 5, wrong: 3 });
  expect(Object.keys(errors.byNumber)).toEqual(["characters"]);
  expect(errors.byLanguage).toMatchObject([{ value: "zh", n: 1 }]);
});

test("a comparison counts what was gained and lost on the same rows", () => {
  const comparison = compareEvaluations(first, second, random(1), { resamples: 100 });
  expect(comparison).toMatchObject({
    first: "one",
    second: "two",
    n: 5,
    metrics: { accuracy: { first: 0.4, second: 0.6, difference: expect.closeTo(0.2, 12) } },
    recall: { joy: { first: 1 / 3, second: 1, support: 3 }, anger: { first: 0.5, second: 0, support: 2 } },
    agreement: 0.4,
    // 2 of 3 for the second: a fair coin does as much with probability 1.
    mcnemar: { onlyFirst: 1, onlySecond: 2, pValue: 1 },
  });
  expect(comparison.gained.map(({ id }) => id)).toEqual(["r1", "r2"]);
  expect(comparison.lost.map(({ id }) => id)).toEqual(["r4"]);
});

test("a comparison without resamples has its differences, and no intervals", () => {
  const { metrics } = compareEvaluations(first, second, random(1), { resamples: 0 });
  expect(metrics.accuracy).toMatchObject({ first: 0.4, second: 0.6, interval: null });
  const analysis = analyze(first, { other: second, resamples: 0 });
  expect(analysis.comparison?.metrics.accuracy).toEqual(metrics.accuracy);
});

test("a comparison is of calibration and of areas too, as in the reports of the two", () => {
  const { metrics } = compareEvaluations(first, second, random(1), { resamples: 50 });
  expect(Object.keys(metrics)).toEqual(["accuracy", "uar", "macroF1", "weightedF1", "rocAuc", "ece"]);
  for (const [one, name] of [
    [first, "first"],
    [second, "second"],
  ] as const) {
    expect(metrics.ece?.[name]).toBeCloseTo(one.report.ece, 12);
    expect(metrics.rocAuc?.[name]).toBeCloseTo(one.report.rocAuc.macro as number, 12);
  }
  const { low = 1, high = -1 } = metrics.ece?.interval ?? {};
  expect(low).toBeLessThanOrEqual(metrics.ece?.difference as number);
  expect(high).toBeGreaterThanOrEqual(metrics.ece?.difference as number);
  const plain = { ...second, predictions: second.predictions.map(({ scores: _scores, ...row }) => row) };
  const without = compareEvaluations(first, plain, random(1), { resamples: 10 });
  expect(Object.keys(without.metrics)).toEqual(["accuracy", "uar", "macroF1", "weightedF1", "ece"]);
});

test("labels of a comparison are in the order of the report, not of the alphabet", () => {
  const report = { ...first.report, labels: ["joy", "anger"] };
  const { recall } = compareEvaluations({ ...first, report }, second, random(1), { resamples: 10 });
  expect(Object.keys(recall)).toEqual(["joy", "anger"]);
});

test("rows that only one has, or whose truth differs, are left out of a comparison and counted", () => {
  const changed: Evaluation = {
    ...second,
    predictions: second.predictions.slice(1).map((row) => (row.id === "r1" ? { ...row, truth: ["anger"] } : row)),
  };
  const { n, leftOut } = compareEvaluations(first, changed, random(1), { resamples: 10 });
  expect(n).toBe(3);
  expect(leftOut).toEqual({ onlyFirst: 1, onlySecond: 0, otherTruth: 1 });
  expect(() => compareEvaluations(first, { ...second, predictions: [] }, random(1))).toThrow(/no row/u);
});

test("an analysis has curves whose areas are those of the report", () => {
  const { curves, errors, report } = analyze(first);
  expect(curves?.map(({ label }) => label)).toEqual(["anger", "joy"]);
  expect(curves?.[1]?.roc?.area).toBeCloseTo(report.rocAuc.perClass.joy as number, 12);
  expect(curves?.[1]?.share).toBe(0.6);
  expect(errors?.wrong).toBe(3);
  const plain = first.predictions.map(({ scores: _scores, ...row }) => row);
  expect(analyze({ report, predictions: plain }).curves).toBeNull();
  expect(analyze({ report, predictions: [] }).errors).toBeNull();
});

test("three modalities have seven subsets, small ones first", () => {
  expect(subsetsOf().map((subset) => subset.join("+"))).toEqual([
    "text",
    "face",
    "speech",
    "text+face",
    "text+speech",
    "face+speech",
    "text+face+speech",
  ]);
});

test("each subset is measured on its own rows and on those that all answered", async () => {
  const rows = await evaluateSubsets(
    async (subset) => {
      if (subset.length === 1 && subset[0] === "face") throw new AffektError("data", "No row has a face.", "");
      return subset.includes("face") ? { ...second, predictions: second.predictions.slice(1) } : first;
    },
    ["text", "face"],
  );
  expect(rows).toMatchObject([
    { modalities: ["text"], answered: { n: 5, accuracy: 0.4 }, shared: { n: 4, accuracy: 0.25 } },
    { modalities: ["face"], reason: "No row has a face." },
    { modalities: ["text", "face"], answered: { n: 4, accuracy: 0.5 }, shared: { n: 4, accuracy: 0.5 } },
  ]);
  await expect(evaluateSubsets(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
});

test("the modalities of rows are what any of them has; a film is seen and heard", () => {
  expect(modalitiesOf([{ id: "a", text: "x", extra: {} }])).toEqual(["text"]);
  expect(modalitiesOf([{ id: "a", video: "a.mp4", extra: {} }])).toEqual(["face", "speech"]);
  expect(modalitiesOf([{ id: "a", video: "a.mp4", extra: {} }], "pictures")).toEqual(["speech"]);
  expect(modalitiesOf([])).toEqual([]);
});

test("facts come from the row and its media; media that cannot be read leave theirs out", async () => {
  const picture: Picture = { data: Uint8Array.of(100, 200), width: 2, height: 1, channels: 1 };
  const sound = { samples: new Float32Array(8000).fill(0.1), sampleRate: 16_000 };
  const row: Row = { id: "a", text: "你好😀", language: "zh", image: "a.png", audio: "a.wav", extra: {} };
  expect(rowFacts(row, { picture, sound })).toMatchObject({
    characters: 3,
    brightness: 150,
    durationMs: 500,
    language: "zh",
    text: "你好😀",
  });
  expect(rowFacts(row, {}, { withText: false })).toEqual({ id: "a", characters: 3, language: "zh" });
  const measured = [];
  const broken = new AffektError("media", "broken", "");
  const media: RowMedia = {
    async *of() {
      yield { picture: { value: picture }, sound: { error: broken } };
    },
  };
  for await (const facts of measureFacts([row], media)) measured.push(facts);
  expect(measured).toEqual([{ id: "a", text: "你好😀", characters: 3, brightness: 150, language: "zh" }]);
});
