import { expect, test } from "vitest";
import { planText } from "./text.ts";
import { cutWords, inRuns } from "./words.ts";

const words = (text: string): string[] => cutWords(text).map(({ start, end }) => text.slice(start, end));

test.each([
  ["I don't like it!!! 😀😡", ["I", "don't", "like", "it", "!!!", "😀", "😡"]],
  ["今天天气很好，我很开心。", ["今天", "天气", "很好", "，", "我", "很", "开心", "。"]],
  ["  \n ", []],
])("%j is cut into %j", (text, expected) => {
  expect(words(text)).toEqual(expected);
});

test("runs cover all words, in order, as evenly as they can", () => {
  const cuts = cutWords("a b c d e f g");
  expect(inRuns(cuts, 3)).toEqual([
    { start: 0, end: 3 },
    { start: 4, end: 7 },
    { start: 8, end: 13 },
  ]);
  expect(inRuns(cuts, 7)).toEqual(cuts);
  // What lies before "c" is not read: no run goes over it, however uneven they become.
  expect(inRuns(cuts, 2, [4])).toEqual([
    { start: 0, end: 3 },
    { start: 4, end: 13 },
  ]);
});

test.each([
  // 2^9 variants of nine words are what 512 calls are enough for.
  [9, 40, 512, "shapley", 9],
  [10, 45, 512, "shapley-sampled", 10],
  [120, 600, 512, "occlusion", 120],
  [3_000, 15_000, 512, "occlusion", 30],
  [10, 45, 16, "occlusion", 10],
] as const)(
  "%i words of %i characters and %i calls are explained by %s of %i parts",
  (count, length, calls, method, parts) => {
    expect(planText(count, length, calls)).toMatchObject({ method, parts });
  },
);
