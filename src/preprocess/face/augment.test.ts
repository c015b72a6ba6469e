import { expect, test } from "vitest";
import { random } from "../../core/random.ts";
import { augment, erase, randomAugmentation } from "./augment.ts";

test("all draws stay within their ranges, and both flips occur", () => {
  const generator = random(1);
  const drawn = Array.from({ length: 500 }, () => randomAugmentation(generator));
  for (const { transform, erased } of drawn) {
    expect(Math.abs(transform.angle)).toBeLessThanOrEqual(0.3);
    expect(Math.abs(transform.scale - 1)).toBeLessThanOrEqual(0.15);
    expect(Math.abs(transform.shiftX)).toBeLessThanOrEqual(0.12);
    expect(Math.abs(transform.contrast - 1)).toBeLessThanOrEqual(0.2);
    if (erased) expect(erased.x + erased.side).toBeLessThanOrEqual(1);
  }
  const flipped = drawn.filter(({ transform }) => transform.flip).length;
  // Binomial(500, 0.5): 4.5 standard deviations are 50
  expect(Math.abs(flipped - 250)).toBeLessThan(50);
  const erasures = drawn.filter(({ erased }) => erased !== null).length;
  expect(Math.abs(erasures - 200)).toBeLessThan(50);
});

test("switching erasing off does not change the other draws", () => {
  const first = random(3);
  const second = random(3);
  for (let i = 0; i < 3; i++) {
    expect(randomAugmentation(first, { erase: 0 }).transform).toEqual(randomAugmentation(second).transform);
  }
});

test("erasing fills exactly the square", () => {
  const out = new Float32Array(16);
  erase(out, 0, 4, { x: 0.25, y: 0.5, side: 0.5, level: 1 });
  expect([...out]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0]);
});

test("the same seed gives the same variant, and only its slot is written", () => {
  const source = Uint8Array.from({ length: 48 * 48 }, (_, i) => i % 251);
  const once = new Float32Array(3 * 40 * 40).fill(-1);
  const again = new Float32Array(3 * 40 * 40).fill(-1);
  augment(source, 48, once, 1600, 40, random(7), { zoom: 48 / 40 });
  augment(source, 48, again, 1600, 40, random(7), { zoom: 48 / 40 });
  expect(again).toEqual(once);
  expect(once.subarray(0, 1600).every((value) => value === -1)).toBe(true);
  expect(once.subarray(1600, 3200).every((value) => value >= 0 && value <= 1)).toBe(true);
  expect(once.subarray(3200).every((value) => value === -1)).toBe(true);
});

test("blur makes neighbours alike and noise does not; without them nothing else changes", () => {
  const source = Uint8Array.from({ length: 48 * 48 }, (_, at) => (((at % 48) + Math.floor(at / 48)) % 2 ? 160 : 96));
  const plain = { flip: 0, angle: 0, scale: 0, shift: 0, contrast: 0, brightness: 0, erase: 0 };
  const drawn = (options: object): Float32Array => {
    const out = new Float32Array(48 * 48);
    augment(source, 48, out, 0, 48, random(11), { ...plain, ...options });
    return out;
  };
  const roughness = (out: Float32Array): number =>
    out.reduce((sum, value, at) => sum + Math.abs(value - (out[at + 1] ?? value)), 0);
  const sharp = drawn({});
  expect(drawn({ blur: 0, noise: 0 })).toEqual(sharp);
  expect(roughness(drawn({ blur: 1 }))).toBeLessThan(0.5 * roughness(sharp));
  const noisy = drawn({ noise: 1 });
  const differences = noisy.map((value, at) => value - (sharp[at] as number));
  expect(Math.abs(differences.reduce((sum, value) => sum + value, 0) / differences.length)).toBeLessThan(0.01);
  const deviation = Math.sqrt(differences.reduce((sum, value) => sum + value * value, 0) / differences.length);
  expect(deviation).toBeGreaterThan(0);
  expect(deviation).toBeLessThan(0.09);
});
