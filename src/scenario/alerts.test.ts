import { describe, expect, test } from "vitest";
import { type Observation, watchAlerts } from "./alerts.ts";
import type { Rule } from "./scenario.ts";

const WORDS = { en: "it appears so", zh: "似乎如此" };
const own = { id: "rule", title: WORDS, advice: WORDS, coolDownSeconds: 0 };

/** An utterance of one second. */
function said(endSeconds: number, anger: number, of: Observation["of"] = "utterance"): Observation {
  const scores = [
    { label: "anger", score: anger },
    { label: "neutral", score: 1 - anger },
  ];
  return { of, startMs: (endSeconds - 1) * 1000, endMs: endSeconds * 1000, scores };
}

describe("level", () => {
  const level: Rule = { ...own, kind: "level", labels: ["anger", "disgust"], atLeast: 0.6 };

  test("adds its labels up, and tells what was observed beside its limit", () => {
    const watch = watchAlerts([level]);
    const scores = [
      { label: "anger", score: 0.4 },
      { label: "disgust", score: 0.3 },
      { label: "joy", score: 0.3 },
    ];
    const [alert, ...more] = watch.observe("a", { of: "utterance", startMs: 500, endMs: 900, scores });
    expect(alert).toMatchObject({ rule: "rule", kind: "level", title: WORDS, startMs: 500, endMs: 900, limit: 0.6 });
    expect(alert?.value).toBeCloseTo(0.7, 12);
    expect(more).toEqual([]);
    expect(watch.observe("a", said(3, 0.59))).toEqual([]);
    // 0.1 + 0.2 + 0.3 is a rounding more than 0.6, and 0.7 - 0.1 one less: both reach it
    expect(watch.observe("a", said(4, 0.7 - 0.1))).toHaveLength(1);
  });

  test("rests for its cool-down, for each speaker alone", () => {
    const watch = watchAlerts([{ ...level, coolDownSeconds: 10 }]);
    const alerts = [1, 2, 10, 11, 12].map((at) => watch.observe("a", said(at, 0.9)).length);
    expect(alerts).toEqual([1, 0, 0, 1, 0]);
    expect(watch.observe("b", said(12, 0.9))).toHaveLength(1);
  });

  test("of faces is not about utterances", () => {
    const watch = watchAlerts([{ ...level, of: "face" }]);
    expect(watch.observe("a", said(1, 0.9))).toEqual([]);
    expect(watch.observe("a", said(2, 0.9, "face"))).toHaveLength(1);
  });
});

describe("sustained", () => {
  const lasting: Rule = {
    ...own,
    kind: "sustained",
    labels: ["anger"],
    atLeast: 0.5,
    forSeconds: 5,
    gapSeconds: 2,
    coolDownSeconds: 60,
  };

  test("waits until the time is full, and tells it with the mean", () => {
    const watch = watchAlerts([lasting]);
    const found = [1, 3, 5, 7].map((at, index) => watch.observe("a", said(at, 0.5 + index / 10)));
    expect(found.map((alerts) => alerts.length)).toEqual([0, 0, 1, 0]);
    // from the start of the first (0 s) to the end of the third (5 s); mean of 0.5, 0.6 and 0.7
    expect(found[2]?.[0]).toMatchObject({ startMs: 0, endMs: 5000, limit: 0.5 });
    expect(found[2]?.[0]?.value).toBeCloseTo(0.6, 12);
  });

  test.each([
    ["an utterance below the limit", [said(1, 0.9), said(3, 0.4), said(4, 0.9), said(6, 0.9)]],
    ["a pause that is longer than the gap", [said(1, 0.9), said(5, 0.9), said(7, 0.9)]],
  ])("begins anew after %s", (_what, observations) => {
    const watch = watchAlerts([lasting]);
    expect(observations.flatMap((one) => watch.observe("a", one))).toEqual([]);
  });

  test("takes a revision in place of what was there, and does not say the same alert twice", () => {
    const watch = watchAlerts([{ ...lasting, coolDownSeconds: 0 }]);
    watch.observe("a", said(1, 0.9));
    watch.observe("a", said(3, 0.9));
    expect(watch.observe("a", said(5, 0.9))).toHaveLength(1);
    expect(watch.observe("a", said(5, 0.8), true)).toEqual([]);
    // The revision ends the run after all: nothing lasts from before it.
    expect(watch.observe("a", said(5, 0.1), true)).toEqual([]);
    expect(watch.observe("a", said(7, 0.9))).toEqual([]);
  });
});

describe("drop", () => {
  const fall: Rule = { ...own, kind: "drop", by: 0.5, withinSeconds: 10 };
  const joyful = (endSeconds: number, joy: number): Observation => ({
    ...said(endSeconds, 0),
    scores: [
      { label: "joy", score: joy },
      { label: "neutral", score: 1 - joy },
    ],
  });

  test("is measured from the highest valence within the time", () => {
    const watch = watchAlerts([fall]);
    // Valence of joy is 0.76: 0.684, 0.152, then 0.076
    expect(watch.observe("a", joyful(1, 0.9))).toEqual([]);
    const [alert] = watch.observe("a", joyful(4, 0.2));
    expect(alert).toMatchObject({ kind: "drop", startMs: 1000, endMs: 4000, limit: 0.5 });
    expect(alert?.value).toBeCloseTo(0.76 * 0.7, 12);
  });

  test("forgets what was longer ago, and needs labels whose place is known", () => {
    const watch = watchAlerts([fall]);
    watch.observe("a", joyful(1, 0.9));
    expect(watch.observe("a", joyful(12, 0.1))).toEqual([]);
    watch.observe("b", joyful(1, 0.9));
    const unknown = { ...joyful(2, 0), scores: [{ label: "other", score: 1 }] };
    expect(watch.observe("b", unknown)).toEqual([]);
  });
});

test("faces that were seen longest ago are forgotten, so that a long stream does not grow", () => {
  const rule: Rule = { ...own, kind: "level", labels: ["anger"], atLeast: 0.5, coolDownSeconds: 3600 };
  const watch = watchAlerts([rule]);
  expect(watch.observe("1/1", said(1, 0.9, "face"))).toHaveLength(1);
  for (let track = 2; track <= 257; track++) watch.observe(`1/${track}`, said(2, 0.1, "face"));
  // A track number is never used twice; here it stands for one that nobody remembers.
  expect(watch.observe("1/1", said(3, 0.9, "face"))).toHaveLength(1);
});
