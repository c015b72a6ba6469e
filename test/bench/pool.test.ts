import { describe, expect, test } from "vitest";
import { composed, type Judged } from "../../bench/quality/pool/compose.ts";
import { poolAnswer } from "../../bench/quality/pool/measure.ts";
import { poolPage } from "../../bench/quality/pool/page.ts";
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

test("the page says where fusing loses, what quality gains, and whether its models are those of now", () => {
  const condition = (name: string, accuracy: number, ignoringQuality: number) => ({
    ...{ condition: name, accuracy, ignoringQuality, best: "text" as const, bestAlone: 0.55 },
    weights: { text: 0.4, face: 0.2, speech: 0.4 },
  });
  const results = {
    models: { face: "a", speech: "b" },
    pool: { independence: 0.5, weights: { text: 1, face: 1, speech: 1 } },
    rows: 10,
    subsets: [{ subset: ["text" as const], accuracy: 0.55, unfitted: 0.55, bestAlone: 0.55 }],
    conditions: [
      condition("clean", 0.8, 0.8),
      condition("face blurred", 0.7, 0.6),
      condition("voice in noise", 0.7, 0.71),
      condition("face blurred, voice in noise", 0.5, 0.45),
    ],
  };
  const page = poolPage(results, { face: "a", speech: "c" });
  expect(page).toContain("worse: face blurred, voice in noise (.500 against .550, text).");
  expect(page).toContain("spoilt faces +.100 to +.100, voices in noise −.010 to −.010, both +.050 to +.050: for noise");
  expect(page).toContain("Measured with earlier files of speech, not");
  expect(poolPage(results)).not.toContain("earlier files");
});
