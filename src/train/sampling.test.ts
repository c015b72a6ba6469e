import { describe, expect, test } from "vitest";
import { random } from "../core/random.ts";
import { drawRows, numbered } from "./sampling.ts";

// 90 rows of label 0, 9 of label 1, 1 of label 2; ten subjects with 10 rows each but the last two.
const rows = 100;
const labels = Int32Array.from({ length: rows }, (_, row) => (row < 90 ? 0 : row < 99 ? 1 : 2));
const subjects = Int32Array.from({ length: rows }, (_, row) => (row < 99 ? row % 3 : 3));

function counts(drawn: Int32Array, of: Int32Array): number[] {
  const out: number[] = [];
  for (const row of drawn) out[of[row] as number] = (out[of[row] as number] ?? 0) + 1;
  return out;
}

describe("sampling", () => {
  test("shuffled draws every row once", () => {
    const drawn = drawRows("shuffled", { rows, labels }, random(1));
    expect([...drawn].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    expect([...drawn]).not.toEqual([...labels.keys()]);
  });

  test("class-balanced draws each label equally often, one at most apart", () => {
    const drawn = drawRows("class-balanced", { rows, labels }, random(1));
    expect(counts(drawn, labels).sort((a, b) => a - b)).toEqual([33, 33, 34]);
    // Nothing of a small group comes a third time before all of it came twice.
    const perRow = counts(
      drawn,
      Int32Array.from({ length: rows }, (_, row) => row),
    ).slice(90, 99);
    expect(Math.max(...perRow) - Math.min(...perRow)).toBeLessThanOrEqual(1);
  });

  test("subject-balanced draws each subject equally often", () => {
    expect(counts(drawRows("subject-balanced", { rows, labels, subjects }, random(2)), subjects)).toEqual([
      25, 25, 25, 25,
    ]);
  });

  test("the same seed draws the same rows, another seed others", () => {
    const draw = (seed: number) => [...drawRows("class-balanced", { rows, labels }, random(seed))];
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });

  test("draws only among the rows it is given", () => {
    const among = Int32Array.of(1, 2, 95, 99);
    const drawn = drawRows("class-balanced", { rows, labels }, random(3), among);
    expect(drawn).toHaveLength(4);
    expect([...drawn].every((row) => among.includes(row))).toBe(true);
  });

  test("subjects cannot be balanced where rows have none", () => {
    expect(() => drawRows("subject-balanced", { rows, labels }, random(1))).toThrow(
      "the training rows have no subject",
    );
    expect(numbered(["a", undefined])).toBeUndefined();
    expect([...(numbered(["a", "b", "a"]) ?? [])]).toEqual([0, 1, 0]);
  });
});
