import { expect, test } from "vitest";
import { random } from "../../core/random.ts";
import { augment, erase, randomAugmentation } from "./augment.ts";
import { mixup, symmetricBeta } from "./mixup.ts";

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

test("Beta(alpha, alpha) has mean 1/2 and variance 1 / (4 (2 alpha + 1))", () => {
  for (const alpha of [0.2, 1]) {
    const generator = random(5);
    const draws = Array.from({ length: 20_000 }, () => symmetricBeta(alpha, generator));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(0.5, 1.5);
    expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2);
  }
});

test("mixup blends an image with its partner by the share of their targets", () => {
  const images = Float32Array.of(1, 1, 5, 5, 0, 0);
  const targets = Float32Array.of(1, 0, 0.5, 0.5, 0, 1);
  mixup(images, targets, 3, 1, random(2));
  const share = targets[0] as number;
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThan(1);
  expect(images[0]).toBeCloseTo(share, 6);
  expect(images[4]).toBeCloseTo(1 - share, 6);
  expect([...targets.subarray(4)].reduce((sum, value) => sum + value)).toBeCloseTo(1, 6);
  // The middle image of an odd batch has no partner
  expect([images[2], images[3], targets[2]]).toEqual([5, 5, 0.5]);
});
