import { expect, test } from "vitest";
import { smoothColumns, smoothedColumns } from "./smoothed-columns.ts";

test("fields keep the order of the model whatever their numbers are, and values of a category come likeliest first", () => {
  const low = [
    { label: "high", score: 0.25 },
    { label: "low", score: 0.75 },
  ];
  const first = { numbers: { valence: -1, arousal: 3 }, categories: { strength: low } };
  const before = smoothColumns(undefined, first, 1, 0, 1_000);
  // A half-life later the first counts half as much.
  const after = smoothColumns(before, { numbers: { valence: 5, arousal: 0 } }, 1, 1_000, 1_000);
  for (const [state, numbers] of [
    [before, { valence: -1, arousal: 3 }],
    [after, { valence: 3, arousal: 1 }],
  ] as const) {
    const told = smoothedColumns(state).numbers ?? {};
    expect(Object.keys(told)).toEqual(["valence", "arousal"]);
    expect(told).toEqual(numbers);
  }
  expect(smoothedColumns(before).categories?.["strength"]?.map(({ label }) => label)).toEqual(["low", "high"]);
});
