import { expect, test } from "vitest";
import { bar } from "./bar.ts";

test("a half is half the width, and every bar is as wide as asked", () => {
  expect(bar(0.5, 4)).toBe("██  ");
  expect(bar(0, 4)).toBe("    ");
  expect(bar(1, 4)).toBe("████");
});

test("the last cell is filled by eighths", () => {
  // 0.3 · 10 cells = 3 cells; 0.3125 · 4 = 1.25 cells = 1 cell and 2 eighths
  expect(bar(0.3, 10)).toBe("███       ");
  expect(bar(0.3125, 4)).toBe("█▎  ");
});

test("shares outside 0 to 1 are cut", () => {
  expect(bar(7, 3)).toBe("███");
  expect(bar(-1, 3)).toBe("   ");
});
