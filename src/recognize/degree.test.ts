import { describe, expect, test } from "vitest";
import { tinyText } from "../../test/support/tiny-models.ts";
import { textExpert } from "../../test/support/tiny-recognizer.ts";
import { logSoftmax } from "./calibrate.ts";
import { inItsSense, withoutDegree } from "./degree.ts";

/** joy, sadness, neutral. */
const NEUTRAL = 2;
const DEGREE = { more: 0.5, less: 1 };
const softmax = (logits: Float32Array): Float64Array => logSoftmax(logits).map(Math.exp);
const graded = (own: readonly number[], plain: readonly number[], strength: "more" | "less"): number[] => [
  ...inItsSense(Float32Array.from(own), Float32Array.from(plain), strength, softmax, NEUTRAL, DEGREE),
];

describe("a word of degree", () => {
  test("is taken out, where all point the same way and none is denied", () => {
    expect(withoutDegree("I am extremely happy")).toEqual({ text: "I am happy", strength: "more" });
    expect(withoutDegree("我有点害怕")).toEqual({ text: "我害怕", strength: "less" });
    expect(withoutDegree("very happy, slightly tired")).toBeUndefined();
    expect(withoutDegree("I am not very happy")).toBeUndefined();
    expect(withoutDegree("I am happy")).toBeUndefined();
    expect(withoutDegree("very")).toBeUndefined();
  });

  test("leaves an answer that went in its sense", () => {
    expect(graded([3, 0, 0], [2, 0, 0], "more")).toEqual([3, 0, 0]);
    expect(graded([1, 0, 0], [2, 0, 0], "less")).toEqual([1, 0, 0]);
  });

  test("moves the answer without it by step · q / max q, where the network went against its sense", () => {
    const q = softmax(Float32Array.of(2, 1, 0));
    const share = (q[1] as number) / (q[0] as number);
    expect(graded([1, 1, 1], [2, 1, 0], "more")).toEqual(
      [2.5, 1 + 0.5 * share, 0].map((one) => expect.closeTo(one, 5)),
    );
    expect(graded([4, 1, 0], [2, 1, 0], "less")).toEqual([1, 1 - share, 0].map((one) => expect.closeTo(one, 5)));
  });
});

describe("a text expert", () => {
  test("keeps words of degree in their sense, only where its contract says how far", async () => {
    const texts = ["😀", "extremely 😀", "slightly 😀"];
    const expert = await textExpert(tinyText({ degree: DEGREE }));
    const joy = expert.contract.labels.indexOf("joy");
    const [said, more, less] = (await expert.opinions(texts)).map((one) => softmax(one?.logits as Float32Array)[joy]);
    expect(more).toBeGreaterThan(said as number);
    expect(less).toBeLessThan(said as number);
    // Alone and among others alike.
    for (const text of texts) {
      const [alone] = await expert.opinions([text]);
      expect(softmax(alone?.logits as Float32Array)[joy]).toBe([said, more, less][texts.indexOf(text)]);
    }
  });
});
