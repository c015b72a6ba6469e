import { describe, expect, test } from "vitest";
import { composed, type Judged } from "../../bench/quality/pool/compose.ts";
import { poolAnswer } from "../../bench/quality/pool/measure.ts";
import { contractFromModel } from "../../src/recognize/contract-file.ts";
import { tinyFace } from "../support/tiny-models.ts";

const contract = contractFromModel(tinyFace());

/** Says joy with the odds e^logit against anger. */
const judged = (label: string, logit: number, quality = 1): Judged => ({
  label,
  opinion: { contract, logits: Float32Array.of(0, logit), quality },
});

const right = [judged("joy", 2), judged("anger", -2)];
const wrong = [judged("joy", -3, 0.1), judged("anger", 3, 0.1)];

describe("composed rows", () => {
  test("have the same number of each label, and three channels of it", () => {
    const rows = composed({ text: right, face: right, speech: right }, ["joy", "anger", "fear"], 5, 1);
    expect(rows.map(({ truth }) => truth)).toEqual([...Array(5).fill("joy"), ...Array(5).fill("anger")]);
    expect(Object.keys(rows[0]?.members ?? {})).toEqual(["text", "face", "speech"]);
  });
});

describe("the answer of a pool", () => {
  const rows = composed({ text: right, face: wrong, speech: right }, ["joy", "anger"], 10, 1);

  test("counts a poor signal less, where quality is not ignored", () => {
    const answer = poolAnswer(rows, {});
    expect(answer.accuracy).toBe(1);
    expect(answer.weights.face).toBeCloseTo(0.1 / 2.1, 6);
    expect(poolAnswer(rows, {}, { byQuality: false }).weights.face).toBeCloseTo(1 / 3, 6);
  });

  test("is that of the channels named", () => {
    expect(poolAnswer(rows, {}, { subset: ["face"] }).accuracy).toBe(0);
    expect(poolAnswer(rows, {}, { subset: ["text"] }).accuracy).toBe(1);
  });
});
