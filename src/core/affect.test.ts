import { expect, test } from "vitest";
import { affectOf } from "./affect.ts";
import { EMOTIONS } from "./emotion.ts";

const only = (label: string) => [{ label, score: 1 }];

test("a certain answer stands where its class stands, neutral at the origin", () => {
  expect(affectOf(only("joy"))).toEqual({ valence: 0.76, arousal: 0.48 });
  expect(affectOf(only("sadness"))).toEqual({ valence: -0.63, arousal: -0.27 });
  expect(affectOf(only("neutral"))).toEqual({ valence: 0, arousal: 0 });
});

test("a mixed answer is the expectation", () => {
  const mixed = affectOf([
    { label: "joy", score: 0.5 },
    { label: "neutral", score: 0.5 },
  ]);
  expect(mixed?.valence).toBeCloseTo(0.38, 12);
  expect(mixed?.arousal).toBeCloseTo(0.24, 12);
});

test("finer labels stand where their class stands; a label without a class has no place", () => {
  expect(affectOf(only("annoyance"))).toEqual(affectOf(only("anger")));
  expect(affectOf(only("contempt"))).toBeUndefined();
  expect(affectOf([])).toBeUndefined();
});

test("no class leaves the square from -1 to 1", () => {
  for (const label of EMOTIONS) {
    const { valence = 2, arousal = 2 } = affectOf(only(label)) ?? {};
    expect(Math.abs(valence)).toBeLessThanOrEqual(1);
    expect(Math.abs(arousal)).toBeLessThanOrEqual(1);
  }
});
