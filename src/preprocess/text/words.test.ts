import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromIctclas, partOfSymbol } from "./part-of-speech.ts";
import { openWords } from "./words.ts";

const words = await openWords();

test("English words carry universal parts of speech, and n't is a negation of its own", () => {
  expect(words("I don't like it.").map((word) => [word.text, word.partOfSpeech, word.isNegation])).toEqual([
    ["I", "PRON", false],
    ["do", "AUX", false],
    ["n't", "PART", true],
    ["like", "VERB", false],
    ["it", "PRON", false],
    [".", "PUNCT", false],
  ]);
});

test("offsets count the characters of the text as given, spaces and line breaks included", () => {
  const text = "  so\n\n happy\u00a0now";
  const happy = words(text).find((word) => word.text === "happy");
  expect(happy).toMatchObject({ start: 7, end: 12 });
});

test("Chinese is cut into words even without a dictionary of parts of speech", () => {
  const found = words("我不开心");
  expect(found.map((word) => word.text).join("")).toBe("我不开心");
  expect(found.every((word) => word.partOfSpeech === "X")).toBe(true);
});

test("two languages in one text each find their words", () => {
  expect(words("今天 not happy 😂").map((word) => word.text)).toEqual(["今天", "not", "happy", "😂"]);
});

describe("odd input", () => {
  test.each([
    ["", 0],
    [" \n", 0],
    ["x", 1],
    ["😂", 1],
    ["?!", 2],
  ])("%j has %i words", (text, count) => {
    expect(words(text)).toHaveLength(count);
  });

  test("every word is the slice between its offsets, in order, whatever the text", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.constantFrom("can't ", "开心", "isn’t", "…", "👩‍💻", "a.b@c.de "),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const text = parts.join("");
        let last = 0;
        for (const word of words(text)) {
          expect(text.slice(word.start, word.end)).toBe(word.text);
          expect(word.start).toBeGreaterThanOrEqual(last);
          expect(word.end).toBeGreaterThan(word.start);
          last = word.end;
        }
      }),
    );
  });

  test("a million characters are cut whole", () => {
    const found = words("今天 happy! ".repeat(100_000));
    expect(found.length).toBe(300_000);
    expect(found.at(-1)).toMatchObject({ text: "!", end: 999_999 });
  });
});

test("tags of Chinese dictionaries map to universal ones, the longest prefix first", () => {
  expect(fromIctclas("nrt", "刘翔")).toBe("PROPN");
  expect(fromIctclas("ul", "了")).toBe("PART");
  expect(fromIctclas("vn", "工作")).toBe("NOUN");
  expect(fromIctclas("x", "，")).toBe("PUNCT");
  expect(fromIctclas("??", "字")).toBe("X");
});

test("symbols are told apart by their characters", () => {
  expect(["3.5", "!", "😂", "+", "w"].map(partOfSymbol)).toEqual(["NUM", "PUNCT", "SYM", "SYM", "X"]);
});
