import { describe, expect, test } from "vitest";
import type { Prediction } from "../../core/prediction.ts";
import { csvRecords } from "../../data/readers/csv.ts";
import { toCsv, toJson } from "./export.ts";
import { answers, type Item, inOrder, kindOf, nextItem, type Progress, withProgress, withWhy } from "./files.ts";

const waiting: Progress = { state: "waiting" };

function done(label: string | null, confidence: number): Progress {
  return {
    state: "done",
    prediction: { label, confidence, scores: [{ label: "joy", score: confidence }], modalities: {} },
  };
}

function item(id: number, change: Partial<Item> = {}): Item {
  return { id, name: `file ${id}`, kind: "text", content: "", progress: waiting, ...change };
}

test.each([
  ["a.JPG", "", "image"],
  ["notes.csv", "text/csv", "table"],
  ["clip", "video/mp4", "video"],
  ["voice.opus", "video/ogg", "audio"],
  ["x.exe", "application/x-msdownload", undefined],
])("%s of type %j is %s", (name, type, kind) => {
  expect(kindOf({ name, type })).toBe(kind);
});

describe("the queue", () => {
  const items = [item(1, { kind: "image" }), item(2), item(3)];

  test("takes only texts before people have agreed", () => {
    expect(nextItem(items, false)?.id).toBe(2);
    expect(nextItem(items, true)?.id).toBe(1);
  });

  test("goes on after what failed, and ends", () => {
    const failed = withProgress(items, 2, { state: "failed", error: new Error("no") });
    expect(nextItem(failed, false)?.id).toBe(3);
    expect(nextItem([item(1, { progress: { state: "running" } })], true)).toBeUndefined();
  });
});

describe("the table", () => {
  const items = [
    item(1, { name: "b", progress: done("joy", 0.6) }),
    item(2, { name: "A", progress: done(null, 0.2) }),
    item(3, { name: "c", progress: done("anger", 0.9) }),
    item(4, { name: "d" }),
  ];
  const ids = (sorted: readonly Item[]) => sorted.map(({ id }) => id);

  test("sorts by any column, either way, and keeps the order of equals", () => {
    expect(ids(inOrder(items, { column: "name", down: false }))).toEqual([2, 1, 3, 4]);
    expect(ids(inOrder(items, { column: "confidence", down: true }))).toEqual([3, 1, 2, 4]);
    expect(ids(inOrder(items, { column: "answer", down: false }))).toEqual([3, 1, 2, 4]);
  });

  test("counts the answers, most often first, where none was named too", () => {
    expect(answers([...items, item(5, { progress: done("joy", 0.5) })])).toEqual([
      ["joy", 2],
      [null, 1],
      ["anger", 1],
    ]);
  });
});

describe("exports", () => {
  const items = [
    item(1, { name: 'a "quoted", name', progress: done("joy", 0.6) }),
    item(2, { name: "=1+1", progress: { state: "failed", error: new Error("line 1\nline 2") } }),
  ];

  test("CSV is read back as it was written, and holds no formula", async () => {
    const records: (readonly string[])[] = [];
    for await (const { fields } of csvRecords(toCsv(items).split("\r\n"))) records.push(fields);
    expect(records[0]?.slice(0, 6)).toEqual(["name", "kind", "speaker", "time", "label", "confidence"]);
    expect(records[1]?.slice(0, 6)).toEqual(['a "quoted", name', "text", "", "", "joy", "0.6"]);
    expect(records[2]?.[0]).toBe("'=1+1");
    expect(records[2]?.at(-1)).toBe("line 1\nline 2");
  });

  test("CSV has a cell for each further column of each modality, a number or the most likely value", () => {
    const present = { present: true, quality: 1, weight: 1, scores: [], model: "m" } as const;
    const prediction = (modalities: Prediction["modalities"]): Progress => ({
      state: "done",
      prediction: { label: "joy", confidence: 1, scores: [], modalities },
    });
    const intensity = [
      { label: "high, very", score: 0.7 },
      { label: "low", score: 0.3 },
    ];
    const lines = toCsv([
      item(1, { progress: prediction({ text: { ...present, columns: { numbers: { valence: -0.5 } } } }) }),
      item(2, {
        progress: prediction({
          text: { ...present, columns: { categories: { intensity } } },
          face: { ...present, columns: { numbers: { valence: 2 } } },
        }),
      }),
      item(3),
    ]).split("\r\n");
    expect(lines.slice(0, 4)).toEqual([
      expect.stringMatching(/,problem,text\.valence,text\.intensity,face\.valence$/u),
      expect.stringMatching(/,,-0\.5,,$/u),
      expect.stringMatching(/,,,"high, very",2$/u),
      expect.stringMatching(/,,,,$/u),
    ]);
    expect(toCsv([item(1)]).split("\r\n")[0]).toMatch(/,problem$/u);
  });

  test("JSON holds the whole text and prediction, or the problem", () => {
    const [first, ...others] = items as [Item, ...Item[]];
    const rows: unknown = JSON.parse(toJson([{ ...first, content: "all of it" }, ...others]));
    expect(rows).toMatchObject([
      { name: 'a "quoted", name', text: "all of it", prediction: { label: "joy" } },
      { problem: "line 1\nline 2" },
    ]);
  });
});

test("an explanation that was stopped does not wipe out the one that was asked for after it", () => {
  const first = { state: "running", label: "joy" } as const;
  const second = { state: "running", label: "anger" } as const;
  const asked = withWhy(withWhy([item(1), item(2)], 1, first), 1, second);
  expect(withWhy(asked, 1, undefined, first)[0]?.why).toBe(second);
  expect(withWhy(asked, 1, undefined, second)[0]).toEqual(item(1));
});
