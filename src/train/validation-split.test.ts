import { describe, expect, test } from "vitest";
import type { Manifest } from "../data/manifest.ts";
import type { Row, Split } from "../data/row.ts";
import { withFold, withValidation } from "./validation-split.ts";

/** 20 subjects with 3 rows each, joy and anger in turns. */
function manifest(split: (subject: number) => Split | undefined): Manifest {
  const rows: Row[] = [];
  for (let subject = 0; subject < 20; subject++) {
    for (let take = 0; take < 3; take++) {
      const own = split(subject);
      const label = take % 2 === 0 ? "joy" : "anger";
      rows.push({
        id: `${subject}-${take}`,
        subject: `s${subject}`,
        text: "a",
        label,
        extra: {},
        ...(own ? { split: own } : {}),
      });
    }
  }
  const header = { name: "t", version: "1", labels: [], licence: "CC0-1.0", terms: "permissive" as const, source: "" };
  return { header, rows, base: "." };
}

const subjectsOf = (from: readonly Manifest[], split: Split) =>
  new Set(from.flatMap(({ rows }) => rows.filter((row) => row.split === split).map(({ subject }) => subject)));

describe("a validation split", () => {
  test("is made of training subjects where there is none, and leaves the test rows alone", () => {
    const data = [manifest((subject) => (subject < 16 ? "train" : "test"))];
    const made = withValidation(data, 0.25, 1);
    const [train, validation, held] = [
      subjectsOf(made, "train"),
      subjectsOf(made, "validation"),
      subjectsOf(made, "test"),
    ];
    expect([train.size, validation.size, held.size]).toEqual([12, 4, 4]);
    expect([...validation].some((subject) => train.has(subject) || held.has(subject))).toBe(false);
    expect(withValidation(data, 0.25, 1)).toEqual(made);
    expect(subjectsOf(withValidation(data, 0.25, 2), "validation")).not.toEqual(validation);
  });

  test("is left as it is where there is one", () => {
    const more = manifest(() => "train");
    const others = { ...more, rows: more.rows.map((row) => ({ ...row, subject: `other ${row.subject}` })) };
    const data = [manifest((subject) => (subject === 3 ? "validation" : "train")), others];
    expect(withValidation(data, 0.25, 1)).toEqual(data);
  });

  test("is refused where a subject stands in two splits, be it in two manifests", () => {
    const data = [manifest((subject) => (subject === 3 ? "validation" : "train")), manifest(() => "train")];
    const refused = expect.objectContaining({
      code: "data",
      message: 'The subject "s3" stands in validation and train (1 such case).',
    }) as Error;
    expect(() => withValidation(data, 0.25, 1)).toThrow(refused);
    // Folds are cut anew by subject; only who is tested as well cannot be kept apart.
    expect(withFold(data, 1, 4, 1)).toHaveLength(2);
    const tested = [...data, manifest(() => "test")];
    expect(() => withFold(tested, 1, 4, 1)).toThrow(expect.objectContaining({ code: "data" }) as Error);
  });

  test("rows that say nothing of splits are for training and validation", () => {
    const made = withValidation([manifest(() => undefined)], 0.25, 1);
    expect([subjectsOf(made, "train").size, subjectsOf(made, "validation").size]).toEqual([15, 5]);
  });
});

test("every subject that is not for testing is selected on in exactly one fold", () => {
  const data = [manifest((subject) => (subject < 18 ? (subject < 3 ? "validation" : "train") : "test"))];
  const seen: (string | undefined)[] = [];
  for (let fold = 1; fold <= 4; fold++) {
    const made = withFold(data, fold, 4, 1);
    const validation = subjectsOf(made, "validation");
    expect([...subjectsOf(made, "train")].some((subject) => validation.has(subject))).toBe(false);
    expect(subjectsOf(made, "test")).toEqual(subjectsOf(data, "test"));
    seen.push(...validation);
  }
  expect(new Set(seen)).toEqual(new Set(Array.from({ length: 18 }, (_, subject) => `s${subject}`)));
  expect(seen).toHaveLength(18);
  expect(() => withFold(data, 5, 4, 1)).toThrow("no fold 5 of 4");
});
