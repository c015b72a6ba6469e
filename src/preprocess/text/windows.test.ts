import fc from "fast-check";
import { expect, test } from "vitest";
import { excerpt, windows } from "./windows.ts";

test("cuts fall behind sentences, in English and Chinese", () => {
  const text = "I am sad. You are not. We go home now.";
  expect([...windows(text, 24)].map((window) => window.text)).toEqual(["I am sad. You are not. ", "We go home now."]);
  expect([...windows("今天很好。我很开心！你呢？", 11)].map((window) => window.text)).toEqual([
    "今天很好。我很开心！",
    "你呢？",
  ]);
});

test("without a sentence end, cuts fall behind white space; without that, between characters", () => {
  expect([...windows("one two three", 9)].map((window) => window.text)).toEqual(["one two ", "three"]);
  expect([...windows("😂😂😂", 3)].map((window) => window.text)).toEqual(["😂", "😂", "😂"]);
});

test("windows joined are the text, none is too long, offsets slice", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.integer({ min: 2, max: 60 }), (text, size) => {
      const cut = [...windows(text, size)];
      expect(cut.map((window) => window.text).join("")).toBe(text);
      for (const { text: piece, start, end } of cut) {
        expect(piece).toBe(text.slice(start, end));
        expect(piece.length).toBeGreaterThan(0);
        expect(piece.length).toBeLessThanOrEqual(size);
      }
    }),
  );
});

test("an empty text has no windows", () => {
  expect([...windows("", 10)]).toEqual([]);
});

test("a short text is excerpted whole", () => {
  expect(excerpt("I am fine.")).toEqual([{ text: "I am fine.", start: 0, end: 10 }]);
});

test("of a million characters the first and last windows are kept", () => {
  const text = `It starts so well. ${"Nothing happens here. ".repeat(45_000)}It ends in tears.`;
  const kept = excerpt(text, { maxCharacters: 200, maxWindows: 4 });
  expect(kept).toHaveLength(4);
  expect(kept[0]?.text.startsWith("It starts so well.")).toBe(true);
  expect(kept[3]?.text.endsWith("It ends in tears.")).toBe(true);
  for (const { text: piece, start, end } of kept) expect(text.slice(start, end)).toBe(piece);
  expect(kept[1]!.end).toBeLessThan(kept[2]!.start);
});

test("windows of one excerpt never overlap, however short the text", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 6 }), (length, maxWindows) => {
      const kept = excerpt("a b. ".repeat(length), { maxCharacters: 20, maxWindows });
      expect(kept.length).toBeLessThanOrEqual(maxWindows);
      kept.slice(1).forEach((window, index) => expect(window.start).toBeGreaterThanOrEqual(kept[index]!.end));
    }),
  );
});

test("a window too small for one character is refused", () => {
  expect(() => [...windows("abc", 1)]).toThrow(/received 1/);
});
