import { expect, test } from "vitest";
import { targetVector } from "./target.ts";

test("a row without a label says which fields it has, and which of them may be meant", () => {
  const row = { id: "anger1", text: "so cross", extra: { lable: "anger", take: "2" } };
  expect(() => targetVector(row, ["anger", "joy"])).toThrow(
    "Row anger1 has no label; its fields are id, text, lable, take: lable may be meant for label.",
  );
});

test("a label that the model lacks is told with the nearest one, and without a call of the library", () => {
  const row = { id: "1", label: "angre", extra: {} };
  expect(() => targetVector(row, ["anger", "joy"])).toThrow(
    expect.objectContaining({
      message: 'Row 1 has the label "angre"; expected one of anger, joy.',
      hint: expect.stringContaining('"angre" may be meant for anger') as string,
    }) as Error,
  );
});

test("a label of the model that rows call by another name is told with that name", () => {
  const row = { id: "1", label: "anger", extra: {} };
  expect(() => targetVector(row, ["angry", "开心"])).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("Write anger for angry") as string }) as Error,
  );
});
