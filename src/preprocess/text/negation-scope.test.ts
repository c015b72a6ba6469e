import { describe, expect, test } from "vitest";
import { denials } from "./negation-scope.ts";

const denied = (text: string): string[] => denials(text).map(({ scope }) => text.slice(...scope).trim());

describe("what a text denies", () => {
  test.each([
    ["I am not happy with it.", ["happy with it"]],
    ["I don't think this is funny, but I laughed.", ["think this is funny"]],
    ["nobody is angry", ["is angry"]],
    ["It is far from pleasant.", ["pleasant"]],
    ["I'm not very happy and not sad", ["happy", "sad"]],
    ["We were never really scared.", ["scared"]],
    ["我不太高兴，但是还行", ["高兴"]],
    ["他没有生气", ["生气"]],
    ["一点都不害怕", ["害怕"]],
    ["这个结果让我高兴不起来", ["高兴"]],
    ["今天真的 not happy", ["happy"]],
  ])("%s", (text, expected) => {
    expect(denied(text)).toEqual(expected);
  });

  test.each([
    "I can't wait to see you!",
    "Not only good, great.",
    "Isn't it lovely?",
    "I have never been so happy.",
    "It could not be better.",
    "这家店不错",
    "我不得不说很开心",
    "你开不开心？",
    "你不开心吗？",
    "从来没有这么开心",
    "我非常开心，特别感谢",
    "I am happy.",
    "",
  ])("%s: nothing is denied", (text) => {
    expect(denied(text)).toEqual([]);
  });

  test("asked again about the scope, it tells what is denied twice", () => {
    expect(denied("我不是不开心")).toEqual(["不开心"]);
    expect(denied("不开心")).toEqual(["开心"]);
    expect(denied("It is not true that I am not happy")).toEqual(["true that I am not happy"]);
  });

  test.each([
    ["大家无不开心", "开心"],
    ["我怎么会不难过呢", "难过呢"],
    ["谁不害怕", "害怕"],
    ["难道你们能不生气吗？", undefined],
    ["难道不开心吗？", "开心吗"],
    ["妈妈不可能不开心", "开心"],
  ])("%s: two denials in one affirm %s", (text, affirmed) => {
    const found = denials(text).filter(({ affirms }) => affirms);
    expect(found.map(({ scope }) => text.slice(...scope))).toEqual(affirmed === undefined ? [] : [affirmed]);
  });

  test("cue and scope do not overlap, and the scope of one is not the cue of another", () => {
    const text = "I did not laugh and I did not cry, nor did anybody; 我不难过也不生气。";
    let from = 0;
    for (const { cue, scope } of denials(text)) {
      expect(Math.min(cue[0], scope[0])).toBeGreaterThanOrEqual(from);
      from = Math.max(cue[1], scope[1]);
    }
    expect(from).toBeGreaterThan(0);
  });

  test("a text of nothing but negations ends", () => {
    expect(denials("not ".repeat(20_000)).length).toBeLessThan(20_000);
    expect(denials("不".repeat(20_000)).length).toBeLessThan(20_000);
    expect(denials(`${"吗".repeat(20_000)}?`)).toEqual([]);
  });
});
