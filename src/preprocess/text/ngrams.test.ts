import fc from "fast-check";
import { expect, test } from "vitest";
import { fnv1a, mix32 } from "./hash.ts";
import { hashedNgrams, ngramUnits, textNgrams } from "./ngrams.ts";

test("fnv1a gives the published test vectors", () => {
  // http://www.isthe.com/chongo/tech/comp/fnv/: 32-bit FNV-1a
  expect(fnv1a("")).toBe(0x811c9dc5);
  expect(fnv1a("a")).toBe(0xe40c292c);
  expect(fnv1a("foobar")).toBe(0xbf9cf968);
});

test("fnv1a goes over UTF-8, and can go on from an earlier result", () => {
  const bytes = new TextEncoder().encode("é今😂");
  let expected = 0x811c9dc5;
  for (const byte of bytes) expected = Math.imul(expected ^ byte, 0x01000193) >>> 0;
  expect(fnv1a("é今😂")).toBe(expected);
  expect(fnv1a("bar", fnv1a("foo"))).toBe(0xbf9cf968);
  expect(fnv1a("\ud83d")).toBe(fnv1a("\ufffd"));
});

test("mix32 is the finalizer of MurmurHash3", () => {
  expect(mix32(0)).toBe(0);
  expect(mix32(1)).toBe(0x514e28b7);
});

const only = { wordOrders: [], characterOrders: [], hanOrders: [], buckets: 1 << 20 } as const;

test("three words have three unigrams and two bigrams", () => {
  expect(textNgrams("i am happy", { ...only, wordOrders: [1] })).toHaveLength(3);
  expect(textNgrams("i am happy", { ...only, wordOrders: [1, 2] })).toHaveLength(5);
});

test("characters are counted with marks at both ends of a word", () => {
  // <so> has <s, so, o>
  expect(textNgrams("so", { ...only, characterOrders: [2] })).toHaveLength(3);
  expect(textNgrams("so", { ...only, characterOrders: [5] })).toHaveLength(0);
});

test("a long run of Chinese is one run, and gives words only with a segmenter", () => {
  const text = "今天天气好我们都很开心";
  expect(ngramUnits(text)).toEqual({ words: [], spelled: [], han: [text] });
  expect(ngramUnits(text, (run) => [run.slice(0, 2), run.slice(2)]).words).toEqual(["今天", "天气好我们都很开心"]);
  expect(textNgrams("我们很好", { ...only, hanOrders: [1, 2, 3] })).toHaveLength(4 + 3 + 2);
});

test("a word and the same letters as characters are different features", () => {
  const word = hashedNgrams({ words: ["好"], spelled: [], han: [] }, { ...only, wordOrders: [1] });
  const character = hashedNgrams({ words: [], spelled: [], han: ["好"] }, { ...only, hanOrders: [1] });
  expect(word[0]).not.toBe(character[0]);
});

test("a repeated n-gram counts once unless repeats are wanted", () => {
  expect(textNgrams("no yes no", { ...only, wordOrders: [1] })).toHaveLength(2);
  expect(textNgrams("no yes no", { ...only, wordOrders: [1], repeats: true })).toHaveLength(3);
});

test("ids stay the same across versions: trained tables depend on them", () => {
  expect([...textNgrams("so 好", { buckets: 65_536, characterOrders: [3] })]).toMatchInlineSnapshot(`
    [
      61886,
      42016,
      31854,
      5288,
    ]
  `);
});

test("every id lies in the table and none is the padding", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 100 }), fc.integer({ min: 2, max: 5000 }), (text, buckets) => {
      for (const id of textNgrams(text, { buckets })) {
        expect(id).toBeGreaterThan(0);
        expect(id).toBeLessThan(buckets);
      }
    }),
  );
});

test("a million characters stay within the limit", () => {
  expect(textNgrams("今天 happy ".repeat(110_000), { buckets: 4096, limit: 100, repeats: true })).toHaveLength(100);
});

test("an empty text has no n-grams", () => {
  expect(textNgrams("", { buckets: 16 })).toHaveLength(0);
});

test("fewer than two buckets are refused", () => {
  expect(() => textNgrams("a", { buckets: 1 })).toThrow(/received 1/);
});
