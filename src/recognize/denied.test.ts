import { describe, expect, test } from "vitest";
import { tinyText } from "../../test/support/tiny-models.ts";
import { textExpert } from "../../test/support/tiny-recognizer.ts";
import { logSoftmax } from "./calibrate.ts";
import type { Negation } from "./contract.ts";
import { type Clause, clausesIn, composed, readClause } from "./denied.ts";

const NEGATION: Negation = { strength: 6, power: 1, least: 0.5, neutral: 1, reach: 8 };
/** joy, sadness, neutral. */
const NEUTRAL = 2;
const softmax = (logits: Float32Array): Float64Array => logSoftmax(logits).map(Math.exp);

/** A network that reads single words and no negation. */
function said({ text }: Clause): Float32Array {
  return Float32Array.of(/happy|开心/u.test(text) ? 4 : 0, /sad|难过/u.test(text) ? 4 : 0, 1);
}

const composedOf = (text: string, negation = NEGATION): number[] => [
  ...(composed(readClause(text, negation), said, softmax, NEUTRAL, negation) as Float32Array),
];
const joyOf = (text: string): number => composedOf(text)[0] as number;

describe("a denied emotion", () => {
  test("is taken from the whole by strength · share · q / max q, and neutral gains", () => {
    const q = softmax(Float32Array.of(4, 0, 1));
    const [joy, sadness, neutral] = composedOf("not happy");
    expect(joy).toBeCloseTo(4 - 6, 5);
    expect(sadness).toBeCloseTo(0 - (6 * (q[1] as number)) / (q[0] as number), 5);
    expect(neutral).toBeCloseTo(1 + 1, 5);
  });

  test("counts less the smaller its share of the text is", () => {
    const near = joyOf("It is not happy.");
    const far = joyOf("We met them on Monday in the office, they said that it is not happy, then we left for lunch.");
    expect(near).toBeLessThan(far);
    expect(far).toBeLessThan(4);
  });

  test("twice is said: 不是不开心 is nearer to joy than 不开心", () => {
    expect(joyOf("我不是不开心")).toBeGreaterThan(joyOf("我不开心"));
    expect(joyOf("大家无不开心")).toBeGreaterThan(joyOf("大家不开心"));
    expect(joyOf("It is not true that I am not happy")).toBeGreaterThan(joyOf("I am not happy"));
  });

  test("takes nothing where the denied words show none", () => {
    expect(composedOf("not the table")).toEqual([0, 0, 1]);
  });

  test("is looked for no deeper than three denials, and not beyond its reach", () => {
    expect(clausesIn(readClause("不是不是不是不是不是不是开心", NEGATION)).length).toBeLessThanOrEqual(4);
    expect(readClause("not one two three four five six seven eight nine", NEGATION).denied).toEqual([]);
  });
});

describe("a text expert", () => {
  test("takes back what is denied, only where its contract says how", async () => {
    const plain = await textExpert();
    const careful = await textExpert(tinyText({ negation: NEGATION }));
    const text = "not 😀";
    const [before, after] = [await plain.opinions([text, "😀"]), await careful.opinions([text, "😀"])];
    const joy = plain.contract.labels.indexOf("joy");
    expect(after[0]?.logits[joy]).toBeLessThan((before[0]?.logits[joy] as number) - 3);
    expect(after[1]?.logits).toEqual(before[1]?.logits);
  });

  test("answers alike alone and among others", async () => {
    const expert = await textExpert(tinyText({ negation: NEGATION }));
    const texts = ["not 😀", "😡", "never 😡, not 😀", "", "不 😀"];
    const together = await expert.opinions(texts);
    for (const [at, text] of texts.entries()) {
      expect((await expert.opinions([text]))[0]?.logits).toEqual(together[at]?.logits);
    }
  });
});
