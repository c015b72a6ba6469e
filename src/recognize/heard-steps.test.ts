import { describe, expect, test } from "vitest";
import { heardSteps } from "./heard-steps.ts";
import { windowStarts } from "./speech-expert.ts";

const WINDOW = 128;
const STEPS = 16;

/** What a network gives that says of each of 16 steps at which frame of the sound its middle lies. */
function windowsOf(frames: number): Float32Array {
  const middles = windowStarts(frames, WINDOW).flatMap((start) =>
    Array.from({ length: STEPS }, (_, step) => {
      const middle = start + 8 * step + 4;
      return middle > frames ? middle % frames : middle;
    }),
  );
  return Float32Array.from(middles);
}

const middles = (frames: number): number[] => [...heardSteps(windowsOf(frames), 1, frames, WINDOW)];

test("of a short sound the steps of its first time stay, and of less than one step one", () => {
  expect(middles(24)).toEqual([4, 12, 20]);
  expect(middles(27)).toEqual([4, 12, 20]);
  expect(middles(124)).toHaveLength(16);
  expect(
    heardSteps(
      Float32Array.from({ length: STEPS }, (_, at) => at),
      1,
      2,
      WINDOW,
    ),
  ).toEqual(Float32Array.of(0));
});

test("each moment stands once where windows overlap, out of the window with more around it", () => {
  // Windows at 0 and 22; the middle of what both see is frame 75.
  expect(middles(150)).toEqual([4, 12, 20, 28, 36, 44, 52, 60, 68, 74, 82, 90, 98, 106, 114, 122, 130, 138, 146]);
});

describe("of a sound of any length", () => {
  test.each([1, 8, 12, 100, 128, 129, 132, 137, 140, 150, 255, 256, 257, 383, 384, 500, 511, 1000, 2999])(
    "%i frames: the steps fit its length, their order is that of time, none is more than half a step off",
    (frames) => {
      const found = middles(frames);
      expect(found).toHaveLength(Math.max(1, Math.round(frames / 8)));
      if (frames < 8) return;
      expect(found.every((middle, step) => Math.abs(middle - (8 * step + 4)) <= 4)).toBe(true);
      expect(found.every((middle, step) => step === 0 || middle > (found[step - 1] as number))).toBe(true);
    },
  );
});

test("numbers of a step stay together, and windows need not be divided evenly", () => {
  // 128 frames in 12 steps of two numbers, windows at 0 and 16.
  const given = Float32Array.from({ length: 2 * 12 * 2 }, (_, at) => at);
  const found = heardSteps(given, 2, 144, WINDOW);
  expect(found).toHaveLength(14 * 2);
  expect([...found.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
  expect([...found.subarray(-2)]).toEqual([46, 47]);
});
