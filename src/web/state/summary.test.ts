import { describe, expect, test } from "vitest";
import type { Item } from "./files.ts";
import { bySpeaker, fits, labelsOf, NO_FILTER, overTime } from "./summary.ts";

function done(id: number, label: string | null, more: Partial<Item> = {}): Item {
  const prediction = { label, confidence: 0.5, scores: [], modalities: {} };
  return { id, name: `row ${id}`, kind: "text", content: "Hello", progress: { state: "done", prediction }, ...more };
}

describe("over time", () => {
  test("rows with times are put in order and into bins as wide as each other", () => {
    const items = [
      done(1, "joy", { at: 90 }),
      done(2, "anger", { at: 0 }),
      done(3, "joy", { at: 100 }),
      done(4, null, { at: 10 }),
    ];
    const { scale, bins } = overTime(items, 2) ?? { scale: "", bins: [] };
    expect(scale).toBe("number");
    expect(bins.map(({ from, to, total }) => [from, to, total])).toEqual([
      [0, 10, 2],
      [90, 100, 2],
    ]);
    expect([...(bins[1]?.counts ?? [])]).toEqual([["joy", 2]]);
  });

  test("dates are told from numbers, and without times the order of the files is one", () => {
    const day = 86_400_000;
    const dated = [0, 1, 2, 3].map((index) => done(index, "joy", { at: Date.parse("2026-01-31") + index * day }));
    expect(overTime(dated)?.scale).toBe("date");
    expect(overTime([1, 2, 3, 4].map((id) => done(id, "joy")))?.bins.map(({ from }) => from)).toEqual([1, 2, 3, 4]);
  });

  test("few answers, or all at once, have no course", () => {
    expect(overTime([1, 2, 3].map((id) => done(id, "joy")))).toBeUndefined();
    expect(overTime([1, 2, 3, 4].map((id) => done(id, "joy", { at: 5 })))).toBeUndefined();
  });
});

test("speakers are counted by themselves, who said most first", () => {
  const items = [
    done(1, "joy", { speaker: "Ben" }),
    done(2, "anger", { speaker: "Ann" }),
    done(3, "anger", { speaker: "Ann" }),
    done(4, null, { speaker: "Ann" }),
    done(5, "joy"),
  ];
  expect(bySpeaker(items).map(({ speaker, total, top }) => [speaker, total, top])).toEqual([
    ["Ann", 3, "anger"],
    ["Ben", 1, "joy"],
  ]);
});

test("labels stand in their usual order, none last", () => {
  expect(
    labelsOf(
      new Map([
        [null, 1],
        ["joy", 1],
        ["calm", 2],
        ["anger", 1],
      ]),
    ),
  ).toEqual(["anger", "joy", "calm", null]);
});

test("filters go by answer, kind and words, also by the text itself", () => {
  const failed = done(3, null, { progress: { state: "failed", error: new Error("no") } });
  const items = [done(1, "joy"), done(2, null, { kind: "image", content: new Blob() }), failed];
  const ids = (change: object): number[] =>
    items.filter((item) => fits(item, { ...NO_FILTER, ...change })).map(({ id }) => id);
  expect(ids({})).toEqual([1, 2, 3]);
  expect(ids({ answer: "joy" })).toEqual([1]);
  expect(ids({ answer: "none" })).toEqual([2]);
  expect(ids({ answer: "failed" })).toEqual([3]);
  expect(ids({ kind: "image" })).toEqual([2]);
  expect(ids({ words: " HELLO" })).toEqual([1, 3]);
  expect(ids({ words: "row 2" })).toEqual([2]);
});
