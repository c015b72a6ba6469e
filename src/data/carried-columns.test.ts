import { expect, test } from "vitest";
import { carriedColumns } from "./carried-columns.ts";
import type { Row } from "./row.ts";

const row = (id: string, extra: Row["extra"]): Row => ({ id, extra });

test("a column of one source keeps its name; of several sources each goes by its modality", () => {
  const carried = carriedColumns({
    text: [row("t1", { valence: 0.5 }), row("t2", { sentiment: -2 })],
    face: [row("f", {})],
    speech: [row("s", { valence: 0.1, intensity: "strong" })],
  });
  const said = row("t1", { valence: 0.5 });
  const heard = row("s", { valence: 0.1, intensity: "strong" });
  expect(carried.of({ text: said, face: row("f", {}), speech: heard })).toEqual({
    "text.valence": 0.5,
    "speech.valence": 0.1,
    intensity: "strong",
  });
  // A part that lacks a column leaves it out.
  expect(carried.of({ text: row("t2", { sentiment: -2 }), face: row("f", {}), speech: row("s", {}) })).toEqual({
    sentiment: -2,
  });
});

test("lists, objects and nothing are no columns; a source's note does not hide that of the pairing", () => {
  const face = row("f", { votes: { joy: 1 }, fine: ["joy"], gone: null, notAFace: false, note: "blurred" });
  const carried = carriedColumns({ text: [row("t", {})], face: [face], speech: [row("s", {})] });
  expect(carried.of({ text: row("t", {}), face, speech: row("s", {}) })).toEqual({
    notAFace: false,
    "face.note": "blurred",
  });
});

test("two columns that would have one name are refused, with what to do", () => {
  const sources = {
    text: [row("t", { valence: 1 })],
    face: [row("f", { "text.valence": 2 })],
    speech: [row("s", { valence: 3 })],
  };
  expect(() => carriedColumns(sources)).toThrow(
    "The columns valence of text and text.valence of face would both be named text.valence.",
  );
});
