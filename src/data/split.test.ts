import { describe, expect, test } from "vitest";
import { foldSplit } from "./fold.ts";
import { assertDisjoint, findLeaks } from "./leak.ts";
import type { Row } from "./row.ts";
import { foldsBySubject, splitBySubject } from "./split.ts";

/** 30 subjects with 4 joy, 2 sadness and, every other one, 1 fear. */
const ROWS: readonly Row[] = Array.from({ length: 30 }, (_, subject) =>
  ["joy", "joy", "joy", "joy", "sadness", "sadness", ...(subject % 2 === 0 ? ["fear"] : [])].map((label, at) => ({
    id: `${subject}-${at}`,
    subject: `s${subject}`,
    text: `${subject} ${at}`,
    label,
    extra: { sex: subject % 2 === 0 ? "female" : "male", fold: (subject % 3) + 1 },
  })),
).flat();

function share(rows: readonly Row[], split: string, label: string): number {
  const ofLabel = rows.filter((row) => row.label === label);
  return ofLabel.filter((row) => row.split === split).length / ofLabel.length;
}

describe("splitBySubject", () => {
  test("keeps subjects together and classes in proportion, also the rare one", () => {
    const rows = splitBySubject(ROWS, { shares: { train: 0.6, validation: 0.2, test: 0.2 } });
    expect(findLeaks(rows)).toEqual([]);
    // one subject is 1/30 of joy and sadness, 1/15 of fear: no closer than that can be asked
    for (const label of ["joy", "sadness", "fear"]) {
      expect(Math.abs(share(rows, "train", label) - 0.6)).toBeLessThan(1 / 15 + 1e-9);
      expect(Math.abs(share(rows, "test", label) - 0.2)).toBeLessThan(1 / 15 + 1e-9);
    }
  });

  test("gives the same splits for the same seed and others for another", () => {
    const splits = (seed: number): string =>
      splitBySubject(ROWS, { seed })
        .map(({ split }) => split)
        .join();
    expect(splits(1)).toBe(splits(1));
    expect(splits(1)).not.toBe(splits(2));
  });

  test("leaves no asked-for split empty, however few subjects there are", () => {
    const three = ROWS.filter(({ subject }) => ["s0", "s1", "s2"].includes(subject ?? ""));
    const splits = new Set(splitBySubject(three).map(({ split }) => split));
    expect(splits).toEqual(new Set(["train", "validation", "test"]));
    const two = three.filter(({ subject }) => subject !== "s2");
    expect(() => splitBySubject(two)).toThrow(expect.objectContaining({ code: "data" }) as Error);
    expect(splitBySubject(two, { shares: { train: 1 } }).every(({ split }) => split === "train")).toBe(true);
  });

  test("says that there is nothing to split, and not that there are too few subjects", () => {
    expect(() => splitBySubject([])).toThrow("No row is left to be split");
  });

  test("texts without a subject stay together if they are the same but for case and signs", () => {
    const rows = splitBySubject(
      ["Oh no!", "oh, no", "OH NO", "Fine.", "Yes", "Well then"].map((text, at) => ({ id: `${at}`, text, extra: {} })),
      { shares: { train: 0.5, test: 0.5 } },
    );
    expect(new Set(rows.slice(0, 3).map(({ split }) => split)).size).toBe(1);
    expect(findLeaks(rows)).toEqual([]);
  });

  test("folds are even and disjoint by subject", () => {
    const folds = foldsBySubject(ROWS, 5, { seed: 3 });
    const subjects = Array.from(
      { length: 5 },
      (_, fold) => new Set(ROWS.filter((_row, at) => folds[at] === fold).map((row) => row.subject)),
    );
    expect(subjects.map(({ size }) => size)).toEqual([6, 6, 6, 6, 6]);
    expect(new Set(subjects.flatMap((set) => [...set])).size).toBe(30);
    expect(() => foldsBySubject(ROWS, 1)).toThrow(expect.objectContaining({ code: "data" }) as Error);
  });
});

describe("foldSplit", () => {
  test("tests the fold and selects on a man and a woman of the others", () => {
    const rows = foldSplit(ROWS, { fold: 2, field: "fold" });
    expect(rows.every((row) => (row.extra.fold === 2) === (row.split === "test"))).toBe(true);
    const chosen = new Map(
      rows.filter(({ split }) => split === "validation").map((row) => [row.subject, row.extra.sex]),
    );
    expect(chosen.size).toBe(2);
    expect(new Set(chosen.values())).toEqual(new Set(["female", "male"]));
    expect(() => assertDisjoint(rows)).not.toThrow();
    expect(foldSplit(ROWS, { fold: 2, field: "fold" })).toEqual(rows);
  });

  test("refuses a fold that no row is in, and names those there are", () => {
    expect(() => foldSplit(ROWS, { fold: 9, field: "fold" })).toThrow(
      expect.objectContaining({ code: "data", hint: "Choose one of 1, 2, 3." }) as Error,
    );
  });
});

describe("findLeaks", () => {
  const rows: readonly Row[] = [
    { id: "a", subject: "s", text: "Not again!", split: "train", extra: { dup: 1 } },
    { id: "b", subject: "t", text: "not, again", split: "test", extra: { dup: 1 } },
    { id: "c", subject: "s", text: "other", split: "validation", extra: {} },
    { id: "d", subject: "s", text: "other", extra: {} },
    { id: "e", audio: "x.wav", sha256: { audio: "00" }, split: "train", extra: {} },
    { id: "f", audio: "y.wav", sha256: { audio: "00" }, split: "test", extra: {} },
  ];

  test("finds shared subjects, texts, bytes and named fields, and looks only at rows with a split", () => {
    expect(findLeaks(rows, { fields: ["dup"] })).toEqual([
      { kind: "subject", value: "s", splits: ["train", "validation"], ids: ["a", "c"] },
      { kind: "text", value: "notagain", splits: ["train", "test"], ids: ["a", "b"] },
      { kind: "dup", value: "1", splits: ["train", "test"], ids: ["a", "b"] },
      { kind: "hash", value: "00", splits: ["train", "test"], ids: ["e", "f"] },
    ]);
  });

  test("assertDisjoint throws on a shared subject", () => {
    expect(() => assertDisjoint(rows)).toThrow(/subject "s" stands in train and validation/);
  });
});
