import { expect, test } from "vitest";
import { join, silence, tone } from "../../../test/support/sounds.ts";
import { trim, trimRange } from "./trim.ts";

test("silence at both ends goes, to within a frame", () => {
  const { start, end } = trimRange(join(silence(0.5), tone(440, 1), silence(0.3)));
  expect(Math.abs(start - 8_000)).toBeLessThanOrEqual(400);
  expect(Math.abs(end - 24_000)).toBeLessThanOrEqual(400);
});

test("what is 30 dB under the loudest frame stays, what is 50 dB under it goes", () => {
  const sound = (amplitude: number) => join(tone(440, 0.5, amplitude), tone(440, 0.5, 0.5), tone(440, 0.5, amplitude));
  expect(trim(sound(0.5 * 10 ** (-30 / 20))).samples).toHaveLength(24_000);
  expect(trim(sound(0.5 * 10 ** (-50 / 20))).samples.length).toBeLessThan(9_000);
});

test("a pause inside stays", () => {
  expect(trim(join(tone(440, 0.2), silence(1), tone(440, 0.2))).samples).toHaveLength(22_400);
});

test("silence throughout, 20 ms and nothing at all stay whole", () => {
  expect(trim(silence(1)).samples).toHaveLength(16_000);
  expect(trim(tone(440, 0.02)).samples).toHaveLength(320);
  expect(trim(silence(0)).samples).toHaveLength(0);
});
