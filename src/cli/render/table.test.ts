import { expect, test } from "vitest";
import { cellWidth, renderTable } from "./table.ts";

test("columns are as wide as their widest cell, numbers stand right", () => {
  expect(
    renderTable(
      ["label", "F1"],
      [
        ["anger", "0.51"],
        ["joy", "0.8"],
      ],
      [1],
    ),
  ).toBe(["label    F1", "─────  ────", "anger  0.51", "joy     0.8"].join("\n"));
});

test("colours take no room and Chinese characters take two cells", () => {
  expect(cellWidth("\u001b[31mred\u001b[39m")).toBe(3);
  expect(cellWidth("愤怒")).toBe(4);
});
