import { expect, test } from "vitest";
import { checksum } from "./checksum.ts";

test("bytes that changed have another checksum, whatever their number", () => {
  const bytes = Uint8Array.of(9, 1, 2, 3, 4, 5, 6).subarray(1);
  const sums = [0, 1, 2, 3, 4, 5].map((at) =>
    checksum(bytes.map((value, index) => (index === at ? value ^ 128 : value))),
  );
  expect(new Set([checksum(bytes), ...sums]).size).toBe(7);
});

test("numbers that changed, moved or went have another checksum", () => {
  const numbers = Float32Array.of(1.5, -2, 0, 7);
  const others = [
    Float32Array.of(1.5, -2, 0, 7.000001),
    Float32Array.of(-1.5, 2, 0, 7),
    Float32Array.of(-2, 1.5, 0, 7),
    Float32Array.of(1.5, -2, 0),
    Float32Array.of(1.5, -2, -0, 7),
    Float32Array.of(1.5, -2, 0, 7, 0),
  ];
  expect(checksum(numbers.slice())).toBe(checksum(numbers));
  expect(new Set([numbers, ...others].map(checksum)).size).toBe(7);
});
