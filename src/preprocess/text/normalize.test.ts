import fc from "fast-check";
import { expect, test } from "vitest";
import { normalizeText } from "./normalize.ts";

test.each([
  ["full-width letters, digits and marks become ASCII", "Ａｂｃ１２３！？", "Abc123!?"],
  ["ligatures and circled numbers are spelled out", "ﬁne ①", "fine 1"],
  ["an ellipsis is three dots", "hm…", "hm..."],
  ["curly apostrophes and quotes become straight", "“don’t” it´s", "\"don't\" it's"],
  ["a composed and a decomposed letter are the same", "cafe\u0301", "café"],
  ["every run of white space is one space, ends are trimmed", " a\t\r\n\u00a0\u3000b\u2028c ", "a b c"],
  ["control and invisible characters go", "a\u0000b\u200bc\u202e\u00ad\ufeffd", "abcd"],
  ["a heart keeps the selector that makes it an emoji", "❤️", "❤\ufe0f"],
  ["a text selector, or one behind a letter, goes", "❤\ufe0e a\ufe0f", "❤ a"],
  ["a joined emoji stays joined, a stray joiner goes", "👩‍💻 a\u200db", "👩\u200d💻 ab"],
  ["a flag made of tags stays whole", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
  ["keycaps become their digit", "1️⃣", "1"],
  ["traditional characters stay traditional", "開心嗎", "開心嗎"],
  ["entities of scraped text are decoded once and for all", "a &amp;amp; b &amp;lt;3 &#39;", "a & b <3 '"],
  ["a lone surrogate becomes the replacement character", "\ud83d!", "\ufffd!"],
  ["nothing stays nothing", "", ""],
  ["one character stays one", "x", "x"],
  ["letter case is kept", "LOUD and quiet", "LOUD and quiet"],
])("%s", (_, input, expected) => {
  expect(normalizeText(input)).toBe(expected);
});

test("piles of combining marks are cut to a readable height", () => {
  expect(normalizeText(`z${"\u0321".repeat(500)}`).length).toBeLessThanOrEqual(9);
});

test("normalizing twice changes nothing more, and the result is well-formed", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(
          fc.constantFrom(" ", "&", "amp;", "lt;", "\ufe0f", "\u200d", "❤"),
          fc.string({ unit: "grapheme", maxLength: 1 }),
        ),
      }),
      (text) => {
        const once = normalizeText(text);
        expect(normalizeText(once)).toBe(once);
        expect(once).not.toMatch(/\p{Surrogate}/u);
      },
    ),
  );
});

test("a million characters are normalized whole", () => {
  expect(normalizeText("ａ\u0301 ".repeat(333_333)).length).toBe(2 * 333_333 - 1);
});
