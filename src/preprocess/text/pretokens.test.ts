import { expect, test } from "vitest";
import { HAN_RUN, pretokenize } from "./pretokens.ts";

const cut = (text: string): string[] => pretokenize(text).map((token) => token.text);

test.each([
  ["clitics stay in their word, punctuation stands alone", "I don't, ok?", ["i", "don't", ",", "ok", "?"]],
  ["shouting is a marker before the word, a single capital is not", "I HATE it", ["i", "<caps>", "hate", "it"]],
  ["drawn-out words keep two letters and a marker", "nooo", ["noo", "<long>"]],
  ["drawn-out laughter keeps two syllables", "hahahaha", ["haha", "<long>"]],
  ["ordinary double letters and doubled syllables are left alone", "good banana haha", ["good", "banana", "haha"]],
  ["scripts part within a run of letters", "我love你", ["我", "love", "你"]],
  ["repeated Chinese characters are drawn out too", "我哈哈哈哈好", ["我", "哈哈", "<long>", "好"]],
  [
    "repeated marks, emoji and brackets are one and a marker",
    "!!! 😂😂😂 [心][心]",
    ["!", "<rep>", "😂", "<rep>", "[心]", "<rep>"],
  ],
  ["dots are one symbol however many", "so......", ["so", "..."]],
  ["emoticons are whole", ":) :-( <3 ^_^ T_T", [":)", ":-(", "<3", "^_^", "t_t"]],
  ["a clock is no emoticon", "at 10:30", ["at", "10:30"]],
  ["links end where Chinese begins", "http://t.cn/A6P看", ["<url>", "看"]],
  ["reposts and mentions hide the name", "//@王_源:好 @bob hi", ["<repost>", "好", "<user>", "hi"]],
  ["topics keep their words", "#武汉加油# #sad", ["<topic>", "武汉加油", "<topic>", "<topic>", "sad"]],
  ["long slang numbers are cut", "23333333", ["2333"]],
  ["flags and families are one symbol each", "🇨🇳👨‍👩‍👧", ["🇨🇳", "👨‍👩‍👧"]],
  ["only punctuation", "?!,", ["?", "!", ","]],
  ["nothing", "", []],
])("%s", (_, text, expected) => {
  expect(cut(text)).toEqual(expected);
});

test("a drawn-out word also offers the spelling with single letters", () => {
  expect(pretokenize("soooo")[0]).toEqual({ kind: "word", text: "soo", single: "so" });
});

test("a long run of Chinese is cut, and nothing is lost", () => {
  const run = "今天天气很好我们一起出去玩吧";
  const parts = cut(run);
  expect(parts.join("")).toBe(run);
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(HAN_RUN);
});

test("a limit stops the reading", () => {
  expect(pretokenize("a b c d e", 2)).toHaveLength(2);
});
