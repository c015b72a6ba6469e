import { describe, expect, test } from "vitest";
import { textExpert } from "../../test/support/tiny-recognizer.ts";
import type { LanguageIdentifier } from "../preprocess/text/language.ts";
import { createRecognizer } from "./recognizer.ts";
import { readerOf, routeByLanguage, scriptLanguage } from "./route-by-language.ts";

/** Chinese by a sign, French by a word, else English. */
const identify: LanguageIdentifier = (text) => ({
  language: text.includes("不") ? "zh" : text.includes("très") ? "other" : "en",
  shares: { han: 0, latin: 1, other: 0 },
});
const asked = (languages: readonly string[]) =>
  createRecognizer({
    text: routeByLanguage([{ languages, expert: () => textExpert() }], scriptLanguage, async () => identify),
  });

describe("a text in a language that no model reads", () => {
  test("gets scores but no label, and the reason", async () => {
    const { label, abstained, abstainCode, scores } = await asked(["en", "zh"]).recognize({ text: "très 😀" });
    expect(label).toBeNull();
    expect(abstained).toContain("they read en, zh");
    expect(abstainCode).toBe("other-language");
    expect(scores[0]?.label).toBe("joy");
  });

  test("and one that is code gets no label either", async () => {
    const { label, abstained, abstainCode } = await asked(["en"]).recognize({
      text: "const face = () => { return '😀'; };",
    });
    expect(label).toBeNull();
    expect(abstained).toContain("code");
    expect(abstainCode).toBe("not-written");
  });

  test("is answered as before where somebody reads it", async () => {
    expect((await asked(["en", "zh"]).recognize({ text: "fine 😀" })).label).toBe("joy");
    expect((await asked(["en"]).recognize({ text: "不 😀" })).label).toBeNull();
  });

  test("is answered where a model reads languages that identification does not tell apart", async () => {
    expect((await asked(["en", "fr"]).recognize({ text: "très 😀" })).label).toBe("joy");
  });
});

test("the reader of a text is the first model of its language; where none is, the first that may read it all the same", () => {
  expect(readerOf([["en"], ["zh"], ["zh", "en"]], "你好")).toBe(1);
  expect(readerOf([["en"]], "你好")).toBeUndefined();
  expect(readerOf([["ja"], ["ko"]], "你好")).toBe(0);
  expect(readerOf([], "hello")).toBeUndefined();
});
