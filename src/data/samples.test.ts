import { describe, expect, test } from "vitest";
import { relabel, toEkman } from "./relabel.ts";
import type { Row } from "./row.ts";
import { assertSplit, repurpose, type Samples, samplesOf } from "./samples.ts";
import { targetVector } from "./target.ts";

const ROWS: readonly Row[] = [
  { id: "a", text: "x", label: "joy", split: "train", extra: {} },
  { id: "b", text: "x", label: "calm", split: "train", extra: {} },
  { id: "c", text: "x", label: "joy", split: "test", extra: {} },
  { id: "d", text: "x", label: "joy", extra: {} },
];

function train(samples: Samples<"train">): number {
  assertSplit(samples, "train");
  return samples.rows.length;
}

describe("samples", () => {
  test("of a split are its rows and no others", () => {
    expect(train(samplesOf(ROWS, "train"))).toBe(2);
  });

  test("of the test split do not train: neither for the compiler nor at run time", () => {
    // @ts-expect-error a test split is not a training split
    expect(() => train(samplesOf(ROWS, "test"))).toThrow(/Expected train samples; received test samples/);
    const disguised = { split: "train", rows: ROWS } as unknown as Samples<"train">;
    expect(() => train(disguised)).toThrow(expect.objectContaining({ code: "data" }) as Error);
  });

  test("of a validation split can be trained on if that is said; those of a test split cannot", () => {
    const validation = samplesOf([{ id: "v", text: "x", split: "validation", extra: {} }], "validation");
    expect(train(repurpose(validation, "train"))).toBe(1);
    // @ts-expect-error a test split becomes nothing else
    expect(() => repurpose(samplesOf(ROWS, "test"), "train")).toThrow(
      expect.objectContaining({ code: "data" }) as Error,
    );
  });
});

describe("relabel", () => {
  test("maps one label, several and shares, and leaves out what has none", () => {
    const rows: readonly Row[] = [
      { id: "1", label: "admiration", extra: {} },
      { id: "2", labels: ["trust", "annoyance", "anger"], extra: {} },
      { id: "3", labels: ["trust"], extra: {} },
      { id: "4", distribution: { joy: 0.25, love: 0.25, contempt: 0.5 }, extra: {} },
      { id: "5", extra: {} },
    ];
    expect(relabel(rows, toEkman())).toEqual([
      { id: "1", label: "joy", extra: {} },
      { id: "2", labels: ["anger"], extra: {} },
      { id: "4", distribution: { joy: 1 }, extra: {} },
    ]);
    expect(relabel(ROWS, toEkman({ calm: "drop" })).map(({ id }) => id)).toEqual(["a", "c", "d"]);
  });
});

describe("targetVector", () => {
  const labels = ["anger", "joy", "sadness"];
  test("is one-hot, multi-hot or the shares", () => {
    expect([...targetVector({ id: "1", label: "joy", extra: {} }, labels)]).toEqual([0, 1, 0]);
    expect([...targetVector({ id: "1", labels: ["joy", "anger"], extra: {} }, labels)]).toEqual([1, 1, 0]);
    const into = new Float32Array([9, 9, 9]);
    const row = { id: "1", distribution: { joy: 0.75, sadness: 0.25 }, extra: {} };
    expect(targetVector(row, labels, into)).toBe(into);
    expect([...into]).toEqual([0, 0.75, 0.25]);
  });

  test("refuses unknown labels and rows without one", () => {
    const label = expect.objectContaining({ code: "label" }) as Error;
    expect(() => targetVector({ id: "1", label: "fear", extra: {} }, labels)).toThrow(label);
    expect(() => targetVector({ id: "1", extra: {} }, labels)).toThrow(label);
  });
});
