import { expect, test } from "vitest";
import { openWords } from "../../preprocess/text/words.ts";
import { openChineseSegmenter } from "./words.ts";

const segmenter = await openChineseSegmenter();
const words = await openWords(segmenter);

test("Chinese words carry universal parts of speech and negation", () => {
  expect(words("我今天不开心，没有 happy").map((word) => [word.text, word.partOfSpeech, word.isNegation])).toEqual([
    ["我", "PRON", false],
    ["今天", "NOUN", false],
    ["不", "ADV", true],
    ["开心", "VERB", false],
    ["，", "PUNCT", false],
    ["没有", "VERB", true],
    ["happy", "ADJ", false],
  ]);
});

test("the words of the segmenter joined are its text", () => {
  const text = "武汉市长江大桥真的很漂亮";
  expect(
    segmenter
      .segment(text)
      .map((word) => word.text)
      .join(""),
  ).toBe(text);
});

test("offsets slice the text, rare characters outside the basic plane included", () => {
  const text = "𠮷野家不好吃 😂 难过";
  for (const word of words(text)) expect(text.slice(word.start, word.end)).toBe(word.text);
  expect(words(text).at(-1)).toMatchObject({ text: "难过", end: text.length });
});
