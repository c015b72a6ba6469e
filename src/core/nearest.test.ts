import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const FIELDS = ["id", "label", "l1", "l2", "batch", "learningRate", "sgd", "mlp"];

test.each([
  ["learningRat", "learningRate"],
  ["lerningrates", "learningRate"],
  ["lable", "label"],
  ["batsh", "batch"],
  ["sdg", "sgd"],
  ["mpl", "mlp"],
  ["ids", "id"],
])("%s is a slip for %s: one for every three letters, and swapped neighbours are one", (typed, meant) => {
  expect(nearest(typed, FIELDS)).toBe(meant);
});

test.each([["di"], ["ID"]])("%s is a slip for id: of two letters, only their order or their case", (typed) => {
  expect(nearest(typed, FIELDS)).toBe("id");
});

test.each([["lr"], ["i"], ["x"], ["ix"], ["l3"], ["lab"], [""]])("%j is no slip for any name", (typed) => {
  expect(nearest(typed, FIELDS)).toBeUndefined();
});
