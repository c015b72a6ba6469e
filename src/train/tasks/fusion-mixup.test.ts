import { expect, test } from "vitest";
import { random } from "../../core/random.ts";
import { mixSamples } from "./fusion-mixup.ts";

test("modalities and labels of a pair are mixed by one share, and what only one has is hidden", () => {
  // Text of one number, face of one, speech of two steps; the first sample lacks a face, the second a step of speech.
  const text = Float32Array.of(1, 0);
  const face = Float32Array.of(0, 7);
  const speech = Float32Array.of(1, 4, 0, 0);
  const open = Float32Array.of(1, 1, 1, 0);
  const presence = Float32Array.of(1, 0, 1, 1, 1, 1);
  const targets = Float32Array.of(1, 0, 0, 1);
  const mixable = [
    { values: text, dim: 1, steps: 1 },
    { values: face, dim: 1, steps: 1 },
    { values: speech, dim: 1, steps: 2, open },
  ];
  const labelled = [{ values: targets, size: 2 }];
  const known = Float32Array.of(1, 1);
  mixSamples({ batch: 2, utterances: 1, known, presence, mixable, labelled }, 1, random(2));
  const share = targets[0] as number;
  expect(share).toBeGreaterThan(0.01);
  expect(share).toBeLessThan(0.99);
  expect(targets[1]).toBeCloseTo(1 - share, 6);
  expect(text[0]).toBeCloseTo(share, 6);
  expect(text[1]).toBeCloseTo(1 - share, 6);
  expect(speech[0]).toBeCloseTo(share, 6);
  expect([...presence]).toEqual([1, 0, 1, 1, 0, 1]);
  expect([...open]).toEqual([1, 0, 1, 0]);
});

test("without a modality in common, or a partner at that turn, an utterance stays as it is", () => {
  const values = Float32Array.of(1, 2, 3, 4);
  const other = Float32Array.of(5, 6, 7, 8);
  const before = [[...values], [...other]];
  // Two turns each: at the first they share nothing, at the second the second sample has ended.
  const presence = Float32Array.of(1, 0, 1, 1, 0, 1, 1, 1);
  const targets = Float32Array.of(1, 1, 0, 0);
  const mixable = [
    { values, dim: 1, steps: 1 },
    { values: other, dim: 1, steps: 1 },
  ];
  const known = Float32Array.of(1, 1, 1, 0);
  const labelled = [{ values: targets, size: 1 }];
  mixSamples({ batch: 2, utterances: 2, known, presence, mixable, labelled }, 1, random(2));
  expect([[...values], [...other]]).toEqual(before);
  expect([...targets]).toEqual([1, 1, 0, 0]);
  expect([...presence]).toEqual([1, 0, 1, 1, 0, 1, 1, 1]);
});
