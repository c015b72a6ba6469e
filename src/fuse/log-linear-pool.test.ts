import { describe, expect, test } from "vitest";
import { logLinearPool, type PoolMember } from "./log-linear-pool.ts";

function member(probabilities: Record<string, number>, rest: Partial<PoolMember> = {}): PoolMember {
  return {
    labels: Object.keys(probabilities),
    logProbabilities: Object.values(probabilities).map(Math.log),
    ...rest,
  };
}

describe("log-linear pool", () => {
  test.each(["text", "face", "speech"] as const)("passes %s alone on as it is, whatever its quality", (modality) => {
    const { probabilities, weights } = logLinearPool({
      [modality]: member({ joy: 0.7, anger: 0.3 }, { quality: 0.2 }),
    });
    expect(probabilities[0]).toBeCloseTo(0.7, 12);
    expect(weights).toEqual({ [modality]: 1 });
  });

  test("is the geometric mean of dependent experts", () => {
    // √(0.8 · 0.5) : √(0.2 · 0.5) = 2 : 1
    const members = { text: member({ joy: 0.8, anger: 0.2 }), face: member({ joy: 0.5, anger: 0.5 }) };
    expect(logLinearPool(members, { independence: 0 }).probabilities[0]).toBeCloseTo(2 / 3, 12);
  });

  test("is the product of independent experts, their common prior counted once", () => {
    // Uniform prior: 0.8² : 0.2² = 16 : 1
    const same = { text: member({ joy: 0.8, anger: 0.2 }), face: member({ joy: 0.8, anger: 0.2 }) };
    expect(logLinearPool(same, { independence: 1 }).probabilities[0]).toBeCloseTo(16 / 17, 12);
    // An expert that repeats its prior of 0.8 adds nothing to one that says 0.8 by the same prior.
    const prior = [0.8, 0.2];
    const idle = {
      text: member({ joy: 0.8, anger: 0.2 }, { prior }),
      face: member({ joy: 0.8, anger: 0.2 }, { prior }),
    };
    expect(logLinearPool(idle, { independence: 1 }).probabilities[0]).toBeCloseTo(0.8, 12);
  });

  test("shares follow weight and quality, and sum to 1", () => {
    const { weights } = logLinearPool({
      text: member({ joy: 0.5, anger: 0.5 }, { weight: 2 }),
      face: member({ joy: 0.5, anger: 0.5 }, { quality: 0.5 }),
      speech: member({ joy: 0.5, anger: 0.5 }, { weight: 1.5 }),
    });
    expect(weights).toEqual({ text: 0.5, face: 0.125, speech: 0.375 });
  });

  test("an expert says nothing about a label that it does not know", () => {
    const { labels, probabilities } = logLinearPool({
      text: member({ joy: 0.5, anger: 0.5 }),
      face: member({ joy: 1 / 3, anger: 1 / 3, disgust: 1 / 3 }),
    });
    expect(labels).toEqual(["joy", "anger", "disgust"]);
    for (const probability of probabilities) expect(probability).toBeCloseTo(1 / 3, 12);
  });

  test("a certain expert can be outvoted, and nothing becomes NaN", () => {
    const { probabilities } = logLinearPool({
      text: member({ joy: 1, anger: 0 }, { weight: 0.1 }),
      face: member({ joy: 0, anger: 1 }),
      speech: member({ joy: 0, anger: 1 }, { quality: 0 }),
    });
    expect(probabilities[1]).toBeGreaterThan(0.9);
    expect([...probabilities].every(Number.isFinite)).toBe(true);
  });

  test("nobody to ask is an error", () => {
    expect(() => logLinearPool({})).toThrowError(expect.objectContaining({ code: "no-modality" }));
  });
});

test("the exponent of the quality decides how little a poor signal counts", () => {
  const member = { labels: ["anger", "joy"], logProbabilities: [Math.log(0.5), Math.log(0.5)] };
  const members = { text: { ...member, quality: 1 }, speech: { ...member, quality: 0.5 } };
  expect(logLinearPool(members).weights.speech).toBeCloseTo(1 / 3, 6);
  // 0.5 ** 2 = 1/4 beside 1; 0.5 ** 0 = 1 beside 1
  expect(logLinearPool(members, { qualityPower: { speech: 2 } }).weights.speech).toBeCloseTo(1 / 5, 6);
  expect(logLinearPool(members, { qualityPower: { speech: 0 } }).weights.speech).toBeCloseTo(1 / 2, 6);
});
