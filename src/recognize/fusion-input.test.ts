import { expect, test } from "vitest";
import { FusionInput } from "./fusion-input.ts";

const INPUT = {
  inputs: { text: "text", face: "face", faceSteps: "faceSteps", presence: "presence" },
  features: [
    { modality: "text", dim: 3 },
    { modality: "face", dim: 2, steps: 4 },
  ],
  normalization: "training",
  utterances: 1,
};

/** What is wrong, as `path: message`. */
function wrong(change: object): string[] {
  const { error } = FusionInput.safeParse({ ...INPUT, ...change });
  return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
}

test("conversations are ordered by the field that was trained with, `turn` in files of older versions", () => {
  expect(FusionInput.parse(INPUT).order).toBe("turn");
  expect(FusionInput.parse({ ...INPUT, order: "start" }).order).toBe("start");
});

test("features stand once each, in the order of the columns of presence", () => {
  expect(wrong({})).toEqual([]);
  const expected = "features: must stand once each and as text, face; received";
  expect(wrong({ features: INPUT.features.toReversed() })).toEqual([`${expected} face, text`]);
  expect(wrong({ features: [...INPUT.features, { modality: "text", dim: 3 }] })).toEqual([
    `${expected} text, face, text`,
  ]);
});

test("every feature has its input, every sequence its mask, and nothing else has one", () => {
  expect(wrong({ inputs: { text: "text", presence: "presence" } })).toEqual([
    "inputs.face: is required: features has face",
    "inputs.faceSteps: is required: the features of face have steps",
  ]);
  expect(wrong({ inputs: { ...INPUT.inputs, speech: "speech" } })).toEqual([
    "inputs.speech: must be left out: there is no such input to feed",
  ]);
  expect(wrong({ utterances: 8 })).toEqual(["inputs.utterances: is required: a sample has 8 utterances"]);
});
