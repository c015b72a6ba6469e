import { expect, test } from "vitest";
import { fitBagOfWords, termWeights } from "./bag-of-words.ts";

const documents = [["so", "happy", "happy"], ["so", "sad"], ["so", "happy", "sad", "rain"], ["so"]];
const bag = fitBagOfWords(documents);

test("terms are ordered by the number of documents, then by spelling", () => {
  expect(bag).toEqual({ terms: ["so", "happy", "sad", "rain"], documentFrequency: [4, 2, 2, 1], documents: 4 });
});

test("rare terms and terms past the limit are left out", () => {
  expect(fitBagOfWords(documents, { minDocuments: 2 }).terms).toEqual(["so", "happy", "sad"]);
  expect(fitBagOfWords(documents, { limit: 1 }).terms).toEqual(["so"]);
});

test("weights are tf · ln(N / df)", () => {
  const { indices, values } = termWeights(bag, { normalize: false })(["happy", "happy", "rain", "so", "unseen"]);
  expect([...indices]).toEqual([0, 1, 3]);
  expect(values[0]).toBe(0);
  expect(values[1]).toBeCloseTo(2 * Math.log(2), 6);
  expect(values[2]).toBeCloseTo(Math.log(4), 6);
});

test("cosine normalization gives length one: 2 ln 2 and ln 4 are equal", () => {
  const { values } = termWeights(bag)(["happy", "happy", "rain"]);
  expect([...values]).toEqual([Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2)]);
});

test("sublinear frequency is 1 + ln tf, and counts are counts", () => {
  const sublinear = termWeights(bag, { sublinear: true, normalize: false, inverseDocumentFrequency: false });
  expect(sublinear(["sad", "sad", "sad"]).values[0]).toBeCloseTo(1 + Math.log(3), 6);
  const counts = termWeights(bag, { normalize: false, inverseDocumentFrequency: false });
  expect([...counts(["sad", "sad", "so"]).values]).toEqual([1, 2]);
});

test("the smoothed variant is ln((1 + N) / (1 + df)) + 1", () => {
  const { values } = termWeights(bag, { smooth: true, normalize: false })(["so", "rain"]);
  expect(values[0]).toBeCloseTo(1, 6);
  expect(values[1]).toBeCloseTo(Math.log(5 / 2) + 1, 6);
});

test("an empty document, or one of unknown words or of words in every document, is no vector of NaN", () => {
  expect(termWeights(bag)([]).values).toHaveLength(0);
  expect(termWeights(bag)(["unseen"]).values).toHaveLength(0);
  expect([...termWeights(bag)(["so"]).values]).toEqual([0]);
});
