import { describe, expect, test } from "vitest";
import { checkRow, type Row, rowRecord } from "./row.ts";

function row(value: unknown, options = {}): Row {
  const checked = checkRow(value, options);
  if ("problem" in checked) throw new Error(checked.problem.reason);
  return checked.row;
}

function problem(value: unknown, options = {}): { code: string; reason: string } {
  const checked = checkRow(value, options);
  if ("row" in checked) throw new Error("expected a problem");
  return checked.problem;
}

describe("checkRow", () => {
  test("names labels by the vocabulary and keeps further fields", () => {
    expect(row({ id: 7, text: "hi", label: "高兴", sex: "female", split: "dev" })).toEqual({
      id: "7",
      text: "hi",
      label: "joy",
      split: "validation",
      extra: { sex: "female" },
    });
  });

  test("takes several labels, and a distribution that it scales to sum to 1", () => {
    expect(row({ id: "a", text: "x", label: ["sad", "sadness", "ang"] }).labels).toEqual(["sadness", "anger"]);
    // happy and joy are one label: 2 + 1 of 4 votes
    expect(row({ id: "a", text: "x", label: { happy: 2, joy: 1, sad: 1 } }).distribution).toEqual({
      joy: 0.75,
      sadness: 0.25,
    });
  });

  test("counts empty cells as absent", () => {
    expect(row({ id: "a", text: "x", audio: "", label: "" })).toEqual({ id: "a", text: "x", extra: {} });
  });

  test("accepts labels that the manifest declares", () => {
    expect(problem({ id: "a", text: "x", label: "grumbling" })).toMatchObject({ code: "unknown-label" });
    expect(row({ id: "a", text: "x", label: "grumbling" }, { labels: ["grumbling"] }).label).toBe("grumbling");
  });

  test.each([
    [null, "schema"],
    [[], "schema"],
    ["text", "schema"],
    [{ text: "x" }, "missing-column"],
    [{ id: "a", label: "joy" }, "missing-column"],
    [{ id: "a", text: "x", split: "exam" }, "schema"],
    [{ id: "a", text: 3 }, "schema"],
    [{ id: "a", text: "x", label: "joy", labels: ["joy"] }, "schema"],
    [{ id: "a", text: "x", label: { joy: -1 } }, "schema"],
    [{ id: "a", text: "x", label: { joy: 0 } }, "schema"],
    [{ id: "a", audio: "a.wav", sha256: { audio: "short" } }, "schema"],
  ])("reports %j as %s", (value, code) => expect(problem(value)).toMatchObject({ code }));

  test("reports a required field that is missing", () => {
    expect(problem({ id: "a", text: "x" }, { require: ["label"] })).toEqual({
      code: "missing-column",
      reason: "has no label",
      id: "a",
    });
  });

  test("a row survives being written and read", () => {
    const first = row({ id: "a", image: "s.png#xywh=0,48,48,48", label: ["joy"], split: "train", votes: { joy: 3 } });
    expect(row(JSON.parse(JSON.stringify(rowRecord(first))))).toEqual(first);
  });
});
