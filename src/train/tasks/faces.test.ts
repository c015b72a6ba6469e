import { expect, test } from "vitest";
import { random } from "../../core/random.ts";
import { centreCrops } from "./faces.ts";

const SIDE = 12;
const AREA = SIDE * SIDE;

/** Two crops: a face, and the same one with a quarter of its light. */
function brightAndDark() {
  const dice = random(3);
  const pixels = new Uint8Array(2 * AREA);
  for (let at = 0; at < AREA; at++) {
    const level = dice.integer(60);
    pixels[at] = 4 * level;
    pixels[AREA + at] = level;
  }
  const few = { rows: 2, side: SIDE, targets: new Float32Array(4), truth: new Int32Array(2) };
  return { ...few, pixels };
}

test("standardized crops have mean 0 and deviation 1, however dark the picture is", () => {
  const crops = centreCrops(brightAndDark(), 0, 2, SIDE, { mean: 0.5, std: 0.25, standardize: true });
  const [bright, dark] = [crops.subarray(0, AREA), crops.subarray(AREA)];
  for (let at = 0; at < AREA; at++) expect(dark[at]).toBeCloseTo(bright[at] as number, 4);
  expect(bright.reduce((sum, value) => sum + value, 0) / AREA).toBeCloseTo(0, 5);
  expect(bright.reduce((sum, value) => sum + value * value, 0) / AREA).toBeCloseTo(1, 4);
});

test("otherwise they are as far from the mean as the light makes them", () => {
  const set = brightAndDark();
  const crops = centreCrops(set, 0, 2, SIDE, { mean: 0.5, std: 0.25 });
  expect(crops[0]).toBeCloseTo(((set.pixels[0] as number) / 255 - 0.5) / 0.25, 5);
  expect(crops[AREA]).toBeCloseTo(((set.pixels[AREA] as number) / 255 - 0.5) / 0.25, 5);
});
