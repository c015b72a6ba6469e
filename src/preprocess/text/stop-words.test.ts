import { expect, test } from "vitest";
import { isNegation } from "./negation.ts";
import { openStopWords, removeStopWords, stopWords } from "./stop-words.ts";

const both = await openStopWords();

test.each(["not", "NEVER", "n't", "don't", "don’t", "cannot", "without", "不", "没有", "别", "并不", "不是"])(
  "%s negates",
  (word) => {
    expect(isNegation(word)).toBe(true);
  },
);

test.each(["note", "another", "knot", "别人", "分别", "不仅", "特别", "want", ""])("%j does not negate", (word) => {
  expect(isNegation(word)).toBe(false);
});

test("the lists keep no negation, degree, contrast or feeling", () => {
  const kept = ["not", "no", "don't", "very", "but", "sorry", "good", "不", "没有", "别", "但是", "好", "非常"];
  expect(kept.filter((word) => both.has(word))).toEqual([]);
  const dropped = ["the", "of", "的", "我们"];
  expect(dropped.filter((word) => both.has(word))).toEqual(dropped);
});

test("removal keeps what turns the meaning round", () => {
  expect(removeStopWords("I am not very happy with the movie".split(" "), both)).toEqual([
    "not",
    "very",
    "happy",
    "movie",
  ]);
  expect(removeStopWords(["我们", "今天", "的", "不", "开心"], both)).toEqual(["今天", "不", "开心"]);
});

test("a negation survives a list that names it, and words may be objects", () => {
  expect(removeStopWords([{ text: "NOT" }, { text: "The" }], new Set(["not", "the"]))).toEqual([{ text: "NOT" }]);
  expect(stopWords(["not", "The"])).toEqual(new Set(["the"]));
});

test("one language may be asked for alone", async () => {
  const english = await openStopWords(["en"]);
  expect([english.has("the"), english.has("的")]).toEqual([true, false]);
});
