import { expect, test } from "vitest";
import { obviousLanguage, openLanguageIdentifier } from "./language.ts";

const identify = await openLanguageIdentifier();

test.each([
  ["great", "en"],
  ["LOL wtf", "en"],
  ["ok", "en"],
  ["I am sooo happy today!!!", "en"],
  ["开心", "zh"],
  ["今天開心嗎", "zh"],
  ["我今天买了 iPhone，真的很开心很满意", "zh"],
  ["i love 你", "mixed"],
  ["今天真的 very very happy", "mixed"],
  ["ich bin heute sehr glücklich", "other"],
  ["estoy muy feliz hoy", "other"],
  ["lorem ipsum dolor sit amet consectetur", "other"],
  ["gbszw kdzk nkedk zrze akhiklh", "other"],
  ["this is so wierd lol i cant evn", "en"],
  ["とても嬉しいです", "other"],
  ["행복해요", "other"],
  ["Я так счастлив", "other"],
  ["", "none"],
  ["😂😂", "none"],
  ["?!...", "none"],
  ["123 456", "none"],
  ["@user https://a.bc/d [NAME]", "none"],
  ["\ud83d", "none"],
])("%j is %s", (text, language) => {
  expect(identify(text).language).toBe(language);
});

test.each([
  ["I can't believe that we won!", "en"],
  ["今天很开心", "zh"],
  ["とても嬉しいです", "other"],
  ["😂😂", "none"],
  ["ok", undefined],
  ["ich bin heute sehr glücklich", undefined],
  ["lorem ipsum dolor sit amet", undefined],
])("%j needs no detector where it is obvious (%s)", (text, language) => {
  expect(obviousLanguage(text)).toBe(language);
});

test("shares count words: one and a half Chinese characters are one", () => {
  const { shares } = identify("我们都 so happy");
  expect(shares.han).toBeCloseTo(0.5, 6);
  expect(shares.latin).toBeCloseTo(0.5, 6);
  expect(shares.other).toBe(0);
});

test("a million characters are judged by their ends", () => {
  expect(identify("今天很开心。".repeat(170_000)).language).toBe("zh");
});
