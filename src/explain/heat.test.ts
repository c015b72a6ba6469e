import { expect, test } from "vitest";
import type { FaceExplanation } from "../core/explanation.ts";
import type { Picture } from "../core/media.ts";
import { paintHeat } from "./heat.ts";

const grey: Picture = { data: new Uint8Array(80 * 80).fill(100), width: 80, height: 80, channels: 1 };
/** The left column speaks for the label, the right one against it. The square is turned by a quarter to the right. */
const face: FaceExplanation = {
  method: "occlusion",
  score: 0.5,
  base: 0.5,
  calls: 5,
  box: { x: 20, y: 20, width: 40, height: 40 },
  corners: [
    { x: 60, y: 20 },
    { x: 60, y: 60 },
    { x: 20, y: 60 },
    { x: 20, y: 20 },
  ],
  cells: 2,
  points: [0.2, -0.2, 0.2, -0.2],
};

test("the face's left is painted where it lies in the picture, warm where it speaks for and in stripes where against", () => {
  const { data } = paintHeat(grey, face);
  const at = (x: number, y: number): number[] => [...data.subarray((y * 80 + x) * 3, (y * 80 + x) * 3 + 3)];
  expect(at(10, 10)).toEqual([100, 100, 100]);
  // The face's left edge runs along the top of the square, from right to left.
  const [red = 0, , blue = 0] = at(40, 22);
  expect(red).toBeGreaterThan(150);
  expect(blue).toBeLessThan(60);
  const below = Array.from({ length: 20 }, (_, x) => at(30 + x, 58));
  expect(below.some(([r = 0, , b = 0]) => b > 150 && r < 80)).toBe(true);
  expect(below.some(([r, g, b]) => r === 100 && g === 100 && b === 100)).toBe(true);
});

test("what is next to nothing does not glow", () => {
  const faint = paintHeat(grey, { ...face, points: [0.001, -0.001, 0.001, -0.001] });
  expect(Math.max(...faint.data) - Math.min(...faint.data)).toBeLessThan(6);
});
