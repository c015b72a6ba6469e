import { describe, expect, test } from "vitest";
import { EMOTIONS } from "./emotion.ts";
import { canonicalLabel, displayLabel, ekmanLabel, GOEMOTIONS, LABEL_SETS, LABELS } from "./labels.ts";

describe("canonicalLabel", () => {
  test.each([
    ["angry", "anger"],
    ["ANG", "anger"],
    ["愤怒", "anger"],
    ["生气", "anger"],
    ["Happiness", "joy"],
    ["hap", "joy"],
    ["高兴", "joy"],
    ["快乐", "joy"],
    ["sad", "sadness"],
    ["fearful", "fear"],
    ["scared", "fear"],
    ["disgusted", "disgust"],
    ["ps", "surprise"],
    ["surprised", "surprise"],
    ["惊讶", "surprise"],
    ["惊奇", "surprise"],
    ["neu", "neutral"],
    ["no_emotion", "neutral"],
    ["no emotion", "neutral"],
    ["None", "neutral"],
    ["无情绪", "neutral"],
    ["calm", "calm"],
    ["depress", "sadness"],
    ["positive-other", "positive"],
  ])("knows %s as %s", (name, label) => expect(canonicalLabel(name)).toBe(label));

  test("does not mind case, blanks around and full-width letters", () => {
    expect(canonicalLabel("  ＡＮＧＥＲ ")).toBe("anger");
  });

  test.each(["", "grumbling", "constructor", "toString"])("does not know %j", (name) => {
    expect(canonicalLabel(name)).toBeUndefined();
  });

  test("gives no spelling to two labels", () => {
    // A spelling that stood under two labels would shadow one of them, and its own name would then map elsewhere.
    for (const label of LABELS) expect(canonicalLabel(label)).toBe(label);
    for (const label of LABELS) expect(canonicalLabel(displayLabel(label, "zh"))).toBe(label);
  });
});

describe("ekmanLabel", () => {
  test("maps GoEmotions as its authors do", () => {
    // ekman_mapping.json of google-research/goemotions
    const official = {
      anger: ["anger", "annoyance", "disapproval"],
      disgust: ["disgust"],
      fear: ["fear", "nervousness"],
      joy: [
        ...["joy", "amusement", "approval", "excitement", "gratitude", "love", "optimism", "relief", "pride"],
        ...["admiration", "desire", "caring"],
      ],
      sadness: ["sadness", "disappointment", "embarrassment", "grief", "remorse"],
      surprise: ["surprise", "realization", "confusion", "curiosity"],
      neutral: ["neutral"],
    };
    const pairs = Object.entries(official).flatMap(([coarse, fine]) => fine.map((label) => [label, coarse] as const));
    expect(pairs).toHaveLength(GOEMOTIONS.length);
    for (const [label, coarse] of pairs) expect(ekmanLabel(label)).toBe(coarse);
  });

  test("takes calm as neutral, or drops it if asked", () => {
    expect(ekmanLabel("calm")).toBe("neutral");
    expect(ekmanLabel("calm", { calm: "drop" })).toBeUndefined();
    expect(LABEL_SETS.ravdess8).toContain("calm");
  });

  test("has no class for what none of the seven is", () => {
    for (const label of ["trust", "anticipation", "contempt", "boredom", "positive", "no such"]) {
      expect(ekmanLabel(label)).toBeUndefined();
    }
  });

  test("leaves the seven as they are", () => {
    for (const emotion of EMOTIONS) expect(ekmanLabel(emotion)).toBe(emotion);
  });
});

test("labels are shown in English and Chinese, unknown ones as they are", () => {
  expect(displayLabel("ang", "zh")).toBe("愤怒");
  expect(displayLabel("高兴")).toBe("joy");
  expect(displayLabel("grumbling", "zh")).toBe("grumbling");
});
