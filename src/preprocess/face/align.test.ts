import { expect, test } from "vitest";
import type { Picture } from "../../core/media.ts";
import { align, FIVE_POINTS, type Point, similarity } from "./align.ts";
import { grey, rgb } from "./grey.ts";
import { normalize, standardize, toPlanes } from "./normalize.ts";
import { faceQuality } from "./quality.ts";

test("a known similarity is found again: twice the size, a quarter turn clockwise, moved by (3, 4)", () => {
  const from: Point[] = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 0, y: 2 },
  ];
  const to = from.map(({ x, y }) => ({ x: -2 * y + 3, y: 2 * x + 4 }));
  const found = similarity(from, to);
  for (const [key, value] of Object.entries({ a: 0, b: 2, x0: 3, y0: 4 })) {
    expect(found[key as "a"]).toBeCloseTo(value, 12);
  }
});

test("Umeyama's own example is fitted with rotation only, never mirrored", () => {
  // Umeyama (1991), section IV: the mirrored triangle; R has cos 0.832, sin -0.555, scale 0.721, shift (-0.8, 0.4)
  const from = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 0, y: 2 },
  ];
  const to = [
    { x: 0, y: 0 },
    { x: -1, y: 0 },
    { x: 0, y: 2 },
  ];
  const { a, b, x0, y0 } = similarity(from, to);
  expect(Math.hypot(a, b)).toBeCloseTo(0.721, 3);
  expect(a / Math.hypot(a, b)).toBeCloseTo(0.832, 3);
  expect(b / Math.hypot(a, b)).toBeCloseTo(-0.555, 3);
  expect([x0, y0]).toEqual([expect.closeTo(-0.8, 9), expect.closeTo(0.4, 9)]);
});

test("points that coincide, or are too few, are an error", () => {
  const point = { x: 5, y: 5 };
  expect(() => similarity([point, point], [point, { x: 6, y: 5 }])).toThrow("not all in one place");
  expect(() => similarity([point], FIVE_POINTS)).toThrow("(5)");
});

/** White dots of 5×5 pixels on black at the landmarks of a face that lies on its side. */
function dotted(points: readonly Point[], size: number): Picture {
  const data = new Uint8Array(size * size);
  for (const { x, y } of points)
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++) data[(Math.round(y) + dy) * size + Math.round(x) + dx] = 255;
  return { data, width: size, height: size, channels: 1 };
}

test.each([60, 200])("the landmarks of a lying face land on the template, %i pixels wide", (side) => {
  // A quarter turn counter-clockwise of the template, 20 pixels from the corner
  const landmarks = FIVE_POINTS.map(({ x, y }) => ({ x: y * side + 20, y: (1 - x) * side + 20 }));
  const upright = align(dotted(landmarks, side + 40), landmarks, 100);
  for (const { x, y } of FIVE_POINTS) {
    expect(upright.data[Math.round(y * 100 - 0.5) * 100 + Math.round(x * 100 - 0.5)]).toBeGreaterThan(150);
  }
  const lit = upright.data.filter((value) => value > 128).length;
  // Five dots of 5×5, scaled by 100 / side
  expect(lit / (125 * (100 / side) ** 2)).toBeGreaterThan(0.7);
  expect(lit / (125 * (100 / side) ** 2)).toBeLessThan(1.3);
});

test("grey is the luma of Rec. 601, over the backdrop where the picture is transparent", () => {
  const pixels: Picture = { data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255), width: 3, height: 1, channels: 3 };
  expect([...grey(pixels).data]).toEqual([76, 150, 29]);
  const clear: Picture = { data: Uint8Array.of(10, 20, 30, 0), width: 1, height: 1, channels: 4 };
  expect([...grey(clear).data]).toEqual([255]);
  expect([...grey(clear, 0).data]).toEqual([0]);
  expect([...rgb({ ...clear, data: Uint8Array.of(100, 100, 100, 51) }, 0).data]).toEqual([20, 20, 20]);
});

test("planes are in [0, 1], one channel after another", () => {
  const pixels: Picture = { data: Uint8Array.of(255, 0, 51, 0, 255, 102), width: 2, height: 1, channels: 3 };
  expect([...toPlanes(pixels)]).toEqual([1, 0, 0, 1, expect.closeTo(0.2, 6), expect.closeTo(0.4, 6)]);
  expect(() => toPlanes(pixels, new Float32Array(6), 1)).toThrow("need 7 values");
});

test("standardizing gives mean 0 and deviation 1, and a flat image gives zeros", () => {
  const values = Float32Array.of(9, 1, 3, 9);
  standardize(values, 1, 2);
  expect([...values]).toEqual([9, -1, 1, 9]);
  const flat = Float32Array.of(0.5, 0.5);
  standardize(flat);
  expect([...flat]).toEqual([0, 0]);
});

test("fixed normalization is per channel", () => {
  const values = Float32Array.of(1, 2, 10, 20);
  normalize(values, [1, 10], [0.5, 10]);
  expect([...values]).toEqual([0, 2, 0, 1]);
});

function checks(size: number, dark = 40, bright = 210): Picture {
  const cell = size / 8;
  const data = Uint8Array.from({ length: size * size }, (_, i) =>
    (Math.floor((i % size) / cell) + Math.floor(Math.floor(i / size) / cell)) % 2 ? bright : dark,
  );
  return { data, width: size, height: size, channels: 1 };
}

test("quality falls with size, blur, darkness and flatness, and is 0 for one flat colour", () => {
  const good = faceQuality(checks(64));
  expect(good.quality).toBe(1);
  expect(faceQuality(checks(64), 24).quality).toBeLessThan(0.6);
  expect(faceQuality(checks(64, 2, 8)).quality).toBeLessThan(0.1);
  expect(faceQuality(checks(64, 120, 130)).quality).toBeLessThan(0.3);
  expect(faceQuality(checks(64, 128, 128)).quality).toBe(0);
  const wave: Picture = {
    data: Uint8Array.from({ length: 4096 }, (_, i) => 128 + 80 * Math.sin(((i % 64) / 64) * 2 * Math.PI)),
    width: 64,
    height: 64,
    channels: 1,
  };
  expect(faceQuality(wave).sharpness).toBeLessThan(0.1);
});
