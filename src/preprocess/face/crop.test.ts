import { expect, test } from "vitest";
import type { Picture } from "../../core/media.ts";
import { crop, squareBox } from "./crop.ts";
import { resize } from "./resize.ts";

const GRID: Picture = { data: Uint8Array.from({ length: 9 }, (_, i) => i), width: 3, height: 3, channels: 1 };

test("a square box keeps the centre and adds the margin on each side", () => {
  expect(squareBox({ x: 10, y: 20, width: 10, height: 20 }, 0.25)).toEqual({ x: 0, y: 15, width: 30, height: 30 });
});

test("a crop beyond the picture repeats its edge", () => {
  const cut = crop(GRID, { x: -1, y: 1, width: 3, height: 3 });
  expect([...cut.data]).toEqual([3, 3, 4, 6, 6, 7, 6, 6, 7]);
});

test("halving averages with the triangle's weights 1:3:3:1", () => {
  const line: Picture = { data: Uint8Array.of(0, 80, 160, 240, 0, 80), width: 6, height: 1, channels: 1 };
  // Left edge: weights 3:3:1 over 0, 80, 160; middle: 80, 160, 240, 0; right edge 1:3:3 over 240, 0, 80
  const expected = [400 / 7, (80 + 3 * 160 + 3 * 240) / 8, (240 + 3 * 0 + 3 * 80) / 7].map(Math.round);
  expect([...resize(line, 3, 1).data]).toEqual(expected);
});

test("doubling is bilinear", () => {
  const pair: Picture = { data: Uint8Array.of(0, 100), width: 2, height: 1, channels: 1 };
  expect([...resize(pair, 4, 1).data]).toEqual([0, 25, 75, 100]);
});

test("a flat picture stays flat in every channel at any size", () => {
  const flat: Picture = {
    data: Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => [255, 128, 0][i % 3] as number),
    width: 7,
    height: 5,
    channels: 3,
  };
  for (const [width, height] of [
    [3, 2],
    [1, 1],
    [20, 11],
  ] as const) {
    const { data } = resize(flat, width, height);
    for (let i = 0; i < data.length; i++) expect(data[i]).toBe([255, 128, 0][i % 3]);
  }
});

test("an empty size is an error", () => {
  expect(() => resize(GRID, 0, 4)).toThrow("at least one pixel");
});
