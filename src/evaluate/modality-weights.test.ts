import { expect, test } from "vitest";
import { meanWeights } from "./modality-weights.ts";

test("weights are averaged over all rows and by label, what a row lacks counting as 0", () => {
  const rows = [
    { label: "joy", weights: { text: 0.5, face: 0.5 } },
    { label: "joy", weights: { text: 1, face: 0 } },
    { label: "anger", weights: { face: 1 } },
    { label: "anger" },
  ];
  expect(meanWeights(rows, ["anger", "fear", "joy"])).toEqual({
    n: 3,
    weights: { text: 0.5, face: 0.5 },
    perLabel: {
      anger: { n: 1, weights: { text: 0, face: 1 } },
      joy: { n: 2, weights: { text: 0.75, face: 0.25 } },
    },
  });
});

test("a model that does not tell has no weights", () => {
  expect(meanWeights([{ label: "joy" }], ["joy"])).toBeUndefined();
});
