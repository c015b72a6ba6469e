import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalizeText } from "./normalize.ts";
import { type SubwordModel, subwordTokenizer, trainSubwords } from "./subwords.ts";

const LINES = [
  "low low low low low lower lower",
  "newest newest newest newest newest newest widest widest widest",
  "so so so so cool cool cool cool i am happy!!! 😂😂 😂 😂",
  "今天好开心 今天好开心 今天好开心 今天好难过[泪][泪] [泪] [泪][泪]a[泪]",
  "好好好 @user: http://t.cn/abc 12345 [NAME] [NAME] [NAME] [NAME] ! , ! , . .",
  "a b c d e f g h i j k l m n o p q r s t u v w x y z",
];
const model = trainSubwords(LINES, { vocabularySize: 400, minCount: 1 });
const tokenizer = subwordTokenizer(model);
const pieces = (text: string): (string | undefined)[] => tokenizer.encode(text).map((id) => tokenizer.piece(id));

describe("training", () => {
  test("the first merges are those of Sennrich et al.'s example, worked by hand with a word-start mark", () => {
    // newest 6, widest 3, low 5, lower 2: es 9, st 9, lo 7, ow 7, ▁l 7 … the smaller pair of ids wins among equals.
    const example = trainSubwords(
      [`${"low ".repeat(5)}${"lower ".repeat(2)}`, `${"newest ".repeat(6)}${"widest ".repeat(3)}`],
      { vocabularySize: 13 + 11 + 11, minCount: 1 },
    );
    // By count: e 17, w 16, s 9, t 9, l 7, o 7, n 6, d 3, i 3, r 2.
    expect(example.characters).toEqual(["▁", "e", "w", "s", "t", "l", "o", "n", "d", "i", "r"]);
    const toy = subwordTokenizer(example);
    expect([toy.piece(24), toy.piece(25)]).toEqual(["es", "est"]);
  });

  test("the same lines give the same model, and it survives JSON", () => {
    expect(trainSubwords(LINES, { vocabularySize: 400, minCount: 1 })).toEqual(model);
    const copy = JSON.parse(JSON.stringify(model)) as SubwordModel;
    expect(subwordTokenizer(copy).encode("今天 newest")).toEqual(tokenizer.encode("今天 newest"));
  });

  test("the vocabulary never exceeds the size asked for", () => {
    for (const vocabularySize of [15, 40, 100]) {
      expect(subwordTokenizer(trainSubwords(LINES, { vocabularySize })).size).toBeLessThanOrEqual(vocabularySize);
    }
  });

  test("an empty corpus gives a tokenizer that knows only markers and the start of a word", () => {
    const empty = subwordTokenizer(trainSubwords([], { vocabularySize: 100 }));
    expect(empty.encode("hi 你")).toEqual([13, 1, 1]); // word start, unknown; unknown
  });

  test("a size that cannot hold the markers is refused", () => {
    expect(() => trainSubwords(LINES, { vocabularySize: 3 })).toThrow(/3/);
  });
});

describe("encoding", () => {
  test("frequent words and Chinese words are one piece", () => {
    expect(pieces("newest")).toEqual(["▁newest"]);
    expect(pieces("今天好")).toEqual(["今天好"]);
  });

  test("drawn-out, shouted and repeated spellings become the plain form and a marker", () => {
    expect(pieces("SOOOO")).toEqual(["<caps>", "▁so", "<long>"]);
    expect(pieces("coooool")).toEqual(["▁cool", "<long>"]);
    expect(pieces("!!!!")).toEqual(["!", "<rep>"]);
    expect(pieces("😂😂")).toEqual(["😂", "<rep>"]);
    expect(pieces("[泪][泪][泪]")).toEqual(["[泪]", "<rep>"]);
    expect(pieces("好好好好")).toEqual(["好", "好", "<long>"]);
  });

  test("mentions, links, topics, reposts and placeholders are markers or whole symbols", () => {
    expect(pieces("@someone")).toEqual(["<user>"]);
    expect(pieces("//@some_one:")).toEqual(["<repost>"]);
    expect(pieces("https://a.bc/d?e=f")).toEqual(["<url>"]);
    expect(pieces("98765")).toEqual(["<number>"]);
    expect(pieces("#low#")).toEqual(["<topic>", "▁low", "<topic>"]);
    expect(pieces("[NAME]")).toEqual(["[name]"]);
  });

  test("an emoji is known with another skin tone or without its variation selector", () => {
    const waves = subwordTokenizer(trainSubwords(["👋 👋 ❤️ ❤️ 👩 💻"], { vocabularySize: 60, minCount: 1 }));
    expect(waves.encode("👋🏽 ❤")).toEqual(waves.encode("👋 ❤️"));
    expect(waves.encode("👩‍💻")).toEqual(waves.encode("👩 💻"));
  });

  test("unknown characters are one unknown id a run", () => {
    expect(tokenizer.encode("жжyж")).toHaveLength(3 + 1);
    expect(tokenizer.encode("龘")).toEqual([tokenizer.unknownId]);
  });

  test.each(["", " ", "\u0000", "\u200b"])("nothing visible (%j) gives no ids", (text) => {
    expect(tokenizer.encode(text)).toEqual([]);
  });

  test("a lone surrogate is an unknown symbol", () => {
    expect(tokenizer.encode("\ud83d")).toEqual([1]);
  });

  test("a limit holds for a text of a million characters", () => {
    expect(tokenizer.encode("今天 low! ".repeat(130_000), 128)).toHaveLength(128);
  });

  test("a million characters without a space are cut and not choked on", () => {
    expect(tokenizer.encode("ab".repeat(500_000)).length).toBeGreaterThan(0);
    expect(tokenizer.encode("开心".repeat(500_000)).length).toBeGreaterThan(0);
  });
});

describe("decoding", () => {
  const word = fc.stringMatching(/^[a-z]{1,9}$/).filter((text) => !/([a-z]{1,3}?)\1\1/.test(text));
  const han = fc.constantFrom("今天", "开心", "难过");

  test("plain words and Chinese come back as their normalized form", () => {
    const line = fc.array(fc.oneof(word, word, fc.constantFrom("今天好开心", "难过")), { maxLength: 12 });
    fc.assert(
      fc.property(line, (parts) => {
        // Chinese runs stand alone: spaces between them are not kept, as Chinese does not write them.
        const text = parts.filter((part, at) => /^[a-z]/.test(part) || /^[a-z]/.test(parts[at - 1] ?? "a")).join(" ");
        const spaced = text.replace(/ (?=[今难])/g, "");
        expect(tokenizer.decode(tokenizer.encode(spaced))).toBe(normalizeText(spaced));
      }),
    );
  });

  test("decoded text encodes to the same ids again", () => {
    const part = fc.oneof(word, han, fc.constantFrom("LOW", "!!!", ",", "😂😂", "[泪]", "newest", "widest."));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const ids = tokenizer.encode(parts.join(" ").replace(/(?<=[天心过]) (?=[今开难])/g, ""));
        expect(tokenizer.encode(tokenizer.decode(ids))).toEqual(ids);
      }),
    );
  });

  test("any string at all encodes to ids of the vocabulary, never to padding", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        for (const id of tokenizer.encode(text)) {
          expect(id).toBeGreaterThan(0);
          expect(id).toBeLessThan(tokenizer.size);
        }
      }),
    );
  });
});

test("a damaged or newer model is refused", () => {
  expect(() => subwordTokenizer({ ...model, merges: [9999, 9999] })).toThrow(/Merge 0/);
  expect(() => subwordTokenizer({ ...model, version: 2 as unknown as 1 })).toThrow(/version 2/);
});
