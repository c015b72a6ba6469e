import { describe, expect, test } from "vitest";
import { degrees } from "./degree-scope.ts";

const found = (text: string): string[] =>
  degrees(text).map(({ cue, strength }) => `${strength}: ${text.slice(...cue).trim()}`);

describe("words of degree", () => {
  test.each([
    ["I am extremely happy.", ["more: extremely"]],
    ["She was so very tired and slightly annoyed", ["more: so very", "less: slightly"]],
    ["We are just a tiny bit sad.", ["less: just a tiny bit"]],
    ["It's kind of funny", ["less: kind of"]],
    ["我非常难过", ["more: 非常"]],
    ["心里高兴极了", ["more: 极了"]],
    ["稍微有点儿害怕", ["less: 稍微有点儿"]],
  ])("%s", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test.each([
    "So I left.",
    "It rained, so we stayed.",
    "A dog bit me.",
    "He left so that she could sleep",
    "pretty",
    "",
  ])("%s: none", (text) => {
    expect(found(text)).toEqual([]);
  });

  test("a text of nothing but words of degree ends", () => {
    expect(degrees("very ".repeat(20_000))).toHaveLength(20_000);
    expect(degrees("有点".repeat(20_000))).toHaveLength(20_000);
  });
});
