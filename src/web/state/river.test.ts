import { describe, expect, test } from "vitest";
import { EMOTIONS, type Emotion } from "../../core/emotion.ts";
import type { Moment } from "./live.ts";
import { leadingEmotion, leadingModality, longestStretches } from "./river.ts";

/** Of the emotions that are not named the score is 0. */
function moment(timeMs: number, named?: Partial<Record<Emotion, number>>): Moment {
  return named === undefined
    ? { timeMs, scores: undefined, weights: undefined }
    : { timeMs, scores: EMOTIONS.map((label) => named[label] ?? 0), weights: { face: 0.3, speech: 0.7 } };
}

describe("what leads", () => {
  test("is what is highest at the end", () => {
    const moments = [moment(0, { fear: 1 }), moment(250, { joy: 0.6, neutral: 0.4 })];
    expect(leadingEmotion(moments)).toEqual({ name: "joy", share: 0.6 });
    expect(leadingModality(moments)).toEqual({ name: "speech", share: 0.7 });
  });

  test("is nothing before the first moment, and where nothing is recognized any more", () => {
    for (const moments of [[], [moment(0, { joy: 1 }), moment(250)]]) {
      expect(leadingEmotion(moments)).toBeUndefined();
      expect(leadingModality(moments)).toBeUndefined();
    }
  });
});

describe("room for words", () => {
  // From the bottom: anger, disgust, fear, joy, neutral, sadness, surprise.
  test("is the longest stretch of each emotion, in the middle of what its stripe covers all along", () => {
    const moments = [
      moment(0, { joy: 0.5, neutral: 0.5 }),
      moment(250, { joy: 0.75, neutral: 0.25 }),
      moment(500),
      moment(750, { joy: 1 }),
      moment(1000, { joy: 1 }),
      moment(1250, { joy: 1 }),
    ];
    expect(longestStretches(moments)).toEqual([
      { label: "joy", fromMs: 750, toMs: 1250, height: 0.5 },
      { label: "neutral", fromMs: 0, toMs: 250, height: 0.875 },
    ]);
  });

  test("is not where a stripe is thin, nor across its steps", () => {
    expect(longestStretches([moment(0, { joy: 0.9, fear: 0.1 }), moment(250, { sadness: 0.9, fear: 0.1 })])).toEqual(
      [],
    );
    const stepping = [moment(0, { anger: 0.2, joy: 0.3 }), moment(250, { anger: 0.45, joy: 0.3 })];
    expect(longestStretches(stepping).map(({ label }) => label)).toEqual(["anger"]);
  });
});
