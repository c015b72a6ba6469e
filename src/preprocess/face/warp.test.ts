import { expect, test } from "vitest";
import { IDENTITY, warp } from "./warp.ts";

const SQUARE = Uint8Array.of(0, 51, 102, 153, 204, 255, 25, 50, 75);

function warped(transform: Partial<typeof IDENTITY>, outSize = 3, source = SQUARE, sourceSize = 3): number[] {
  const out = new Float32Array(outSize * outSize);
  warp(source, sourceSize, out, 0, outSize, { ...IDENTITY, ...transform });
  return Array.from(out, (value) => Math.round(value * 255 * 1000) / 1000);
}

test("the identity only divides by 255", () => {
  expect(warped({})).toEqual([...SQUARE]);
});

test("a flip mirrors every row", () => {
  expect(warped({ flip: true })).toEqual([102, 51, 0, 255, 204, 153, 75, 50, 25]);
});

test("a quarter turn is clockwise", () => {
  expect(warped({ angle: Math.PI / 2 })).toEqual([25, 153, 0, 50, 204, 51, 75, 255, 102]);
});

test("a flip comes before the turn, so the turn stays clockwise", () => {
  expect(warped({ flip: true, angle: Math.PI / 2 })).toEqual([75, 255, 102, 50, 204, 51, 25, 153, 0]);
});

test("a shift of a third moves one pixel right and repeats the edge", () => {
  expect(warped({ shiftX: 1 / 3 })).toEqual([0, 0, 51, 153, 153, 204, 25, 25, 50]);
  expect(warped({ shiftY: 1 / 3 })).toEqual([0, 51, 102, 0, 51, 102, 153, 204, 255]);
});

test("a scale of source over output cuts the middle out unscaled", () => {
  const ramp = Uint8Array.from({ length: 16 }, (_, i) => i * 10);
  expect(warped({ scale: 2 }, 2, ramp, 4)).toEqual([50, 60, 90, 100]);
});

test("without a scale a smaller output shows the whole source", () => {
  const ramp = Uint8Array.from({ length: 16 }, (_, i) => i * 10);
  expect(warped({}, 2, ramp, 4)).toEqual([25, 45, 105, 125]);
});

test("contrast turns about mid grey, brightness adds, and both are cut at black and white", () => {
  expect(warped({ contrast: 2 }, 1, Uint8Array.of(102), 1)).toEqual([76.5]);
  expect(warped({ brightness: 0.2 }, 1, Uint8Array.of(102), 1)).toEqual([153]);
  expect(warped({ brightness: 1 }, 1, Uint8Array.of(102), 1)).toEqual([255]);
});

test("interleaved channels become planes at the offset", () => {
  const out = new Float32Array(2 + 12).fill(-1);
  warp(Uint8Array.of(0, 51, 102, 0, 51, 102, 0, 51, 102, 255, 51, 102), 2, out, 2, 2, IDENTITY, 3);
  const expected = [-1, -1, 0, 0, 0, 1, 0.2, 0.2, 0.2, 0.2, 0.4, 0.4, 0.4, 0.4];
  for (const [i, value] of expected.entries()) expect(out[i]).toBeCloseTo(value, 6);
});

test("an output that is too short is an error", () => {
  expect(() => warp(SQUARE, 3, new Float32Array(8), 0, 3)).toThrow("needs 9 values");
});
