import { expect, test } from "vitest";
import type { Picture } from "../../core/media.ts";
import { quartersUpright, turnedPicture, turnedPlanes, unturn } from "./turn.ts";
import { view } from "./view.ts";

const GREY: Picture = { data: Uint8Array.of(0, 100, 200, 40, 80, 120), width: 3, height: 2, channels: 1 };

test("a view at the picture's own size shows its pixels in three equal planes", () => {
  const seen = view(GREY, { x: 0, y: 0, width: 3, height: 2 }, 3, 2, 1);
  expect([...seen]).toEqual([...GREY.data, ...GREY.data, ...GREY.data]);
});

test("colours become planes, alpha is left out, and levels are scaled and moved", () => {
  const pixel: Picture = { data: Uint8Array.of(255, 0, 51, 9), width: 1, height: 1, channels: 4 };
  const seen = view(pixel, { x: 0, y: 0, width: 1, height: 1 }, 1, 1, 1 / 127.5, -1);
  expect([...seen]).toEqual([expect.closeTo(1, 6), -1, expect.closeTo(-0.6, 6)]);
});

test("enlarging interpolates between pixel centres", () => {
  const seen = view(GREY, { x: 0, y: 0, width: 2, height: 1 }, 4, 1, 1);
  expect([...seen.subarray(0, 4)]).toEqual([0, 25, 75, 125]);
});

test("shrinking averages the pixels that an output pixel covers", () => {
  const picture: Picture = { data: Uint8Array.of(0, 40, 80, 120, 4, 8, 12, 16), width: 4, height: 2, channels: 1 };
  const seen = view(picture, { x: 0, y: 0, width: 4, height: 2 }, 2, 1, 1);
  expect([...seen.subarray(0, 2)]).toEqual([13, 57]);
});

test.each([1, 2])("beyond the picture it is black, shrunk by %i", (shrink) => {
  const picture: Picture = { data: new Uint8Array(16).fill(200), width: 4, height: 4, channels: 1 };
  const seen = view(picture, { x: -4, y: 0, width: 8, height: 4 }, 8 / shrink, 4 / shrink, 1, -1);
  const row = [...seen.subarray(0, 8 / shrink)];
  expect(row).toEqual([...Array(4 / shrink).fill(-1), ...Array(4 / shrink).fill(199)]);
});

test("a quarter turn is clockwise, and what is found there is brought back", () => {
  // 1 2      3 1
  // 3 4  →   4 2
  expect([...turnedPlanes(Float32Array.of(1, 2, 3, 4), 2, 1)]).toEqual([3, 1, 4, 2]);
  expect([...turnedPlanes(Float32Array.of(1, 2, 3, 4), 2, 2)]).toEqual([4, 3, 2, 1]);
  expect([...turnedPlanes(Float32Array.of(1, 2, 3, 4), 2, 3)]).toEqual([2, 4, 1, 3]);
  const side = 10;
  for (const quarters of [0, 1, 2, 3]) {
    // One lit pixel at (7, 2): wherever it turns up, its centre comes back to (7.5, 2.5)
    const planes = new Float32Array(side * side);
    planes[2 * side + 7] = 1;
    const at = turnedPlanes(planes, side, quarters).indexOf(1);
    const point = { x: (at % side) + 0.5, y: Math.floor(at / side) + 0.5 };
    const box = { x: point.x - 1, y: point.y - 0.5, width: 2, height: 1 };
    const back = unturn({ box, landmarks: [point], confidence: 1 }, side, quarters);
    expect(back.landmarks).toEqual([{ x: 7.5, y: 2.5 }]);
    expect(back.box.x + back.box.width / 2).toBe(7.5);
    expect(back.box.width).toBe(quarters % 2 ? 1 : 2);
  }
});

test("a picture is turned with its colours", () => {
  const data = Uint8Array.of(1, 10, 100, 2, 20, 101, 3, 30, 102, 4, 40, 103);
  const picture: Picture = { data, width: 2, height: 2, channels: 3 };
  expect([...turnedPicture(picture, 1).data]).toEqual([3, 30, 102, 1, 10, 100, 4, 40, 103, 2, 20, 101]);
  expect(turnedPicture(picture, 0)).toBe(picture);
});

test("the eyes tell how far a face is from upright, in quarter turns clockwise", () => {
  function quarters(degrees: number): number {
    const [x, y] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return quartersUpright([
      { x: 50 - 10 * x, y: 50 - 10 * y },
      { x: 50 + 10 * x, y: 50 + 10 * y },
    ]);
  }
  // With the right eye below the left one a face needs three quarters clockwise
  expect([0, 40, -40, 90, 130, 180, -180, -90, -50].map(quarters)).toEqual([0, 0, 0, 3, 3, 2, 2, 1, 1]);
  expect(quartersUpright([])).toBe(0);
});
