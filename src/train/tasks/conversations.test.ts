import { expect, test } from "vitest";
import type { Row } from "../../data/row.ts";
import { conversations } from "./conversations.ts";

const row = (id: string, subject: string, turn: number): Row => ({ id, subject, extra: { turn } });

test("rows stand alone where a sample has one", () => {
  expect(conversations([row("a", "film", 2), row("b", "film", 1)], 1, "turn")).toEqual([
    Int32Array.of(0),
    Int32Array.of(1),
  ]);
});

test("a conversation is put in order, and a long one cut into stretches of like length", () => {
  const rows = [
    ...[5, 4, 3, 2, 1].map((turn) => row(`long${turn}`, "long", turn)),
    row("short2", "short", 2),
    row("short1", "short", 1),
  ];
  // Five rows in parts of at most three: 3 and 2.
  expect(conversations(rows, 3, "turn").map((part) => [...part])).toEqual([
    [4, 3, 2],
    [1, 0],
    [6, 5],
  ]);
});

test("a row that belongs to no conversation is refused", () => {
  expect(() => conversations([{ id: "a", extra: {} }], 3, "turn")).toThrow("Row a has no subject.");
});
