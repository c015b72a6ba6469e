import { describe, expect, test } from "vitest";
import { passes } from "../../bench/quality/behaviour/pairs.ts";
import { readSuite } from "../../bench/quality/behaviour/run.ts";

describe("what a pair asks for", () => {
  const happy = { joy: 0.8, anger: 0.2 };
  const angry = { joy: 0.3, anger: 0.7 };

  test("same: both have the same highest label", () => {
    expect(passes(happy, { joy: 0.6, anger: 0.4 }, "same")).toBe(true);
    expect(passes(happy, angry, "same")).toBe(false);
  });

  test("not: the label is no longer highest, and its score fell", () => {
    expect(passes(happy, angry, { not: "joy" })).toBe(true);
    expect(passes(happy, { joy: 0.6, anger: 0.4 }, { not: "joy" })).toBe(false);
    expect(passes({ joy: 0.2, anger: 0.8 }, angry, { not: "joy" })).toBe(false);
  });

  test("is, higher and lower: by the second answer, and by the change", () => {
    expect(passes(angry, happy, { is: "joy" })).toBe(true);
    expect(passes(angry, happy, { higher: "joy" })).toBe(true);
    expect(passes(angry, happy, { lower: "joy" })).toBe(false);
    expect(passes(happy, angry, { lower: "joy" })).toBe(true);
  });

  test("a score that cannot rise any more need not", () => {
    expect(passes({ joy: 0.99, anger: 0.01 }, { joy: 0.98, anger: 0.02 }, { higher: "joy" })).toBe(true);
    expect(passes({ joy: 0.8, anger: 0.2 }, { joy: 0.79, anger: 0.21 }, { higher: "joy" })).toBe(false);
  });

  test("nothing is asked of a label that the model lacks", () => {
    expect(passes(happy, angry, { is: "disgust" })).toBeUndefined();
  });
});

test("the suite has at least 100 pairs in each language, all different, of the same kinds", async () => {
  const suites = await Promise.all([readSuite("en"), readSuite("zh")]);
  for (const { kinds } of suites) {
    const pairs = Object.values(kinds).flat();
    expect(pairs.length).toBeGreaterThanOrEqual(100);
    expect(new Set(pairs.map(([a, b]) => `${a}\n${b}`)).size).toBe(pairs.length);
    for (const [a, b] of pairs) expect(a).not.toBe(b);
  }
  expect(Object.keys(suites[0]?.kinds ?? {})).toEqual(Object.keys(suites[1]?.kinds ?? {}));
});
