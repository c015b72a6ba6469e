import { expect, test } from "vitest";
import { readNpy } from "./readers/npy.ts";
import { npyBytes } from "./write-npy.ts";

test.each([[[2, 3]], [[6]], [[1, 2, 3]]])("what is written with the shape %j is read again", (shape) => {
  const data = Float32Array.of(1, -2.5, 3, 0, 1e-7, 6);
  const bytes = npyBytes(data, shape);
  expect(readNpy(bytes, "a.npy")).toEqual({ path: "a.npy", shape, data });
  // Version 1.0 wants the values at a multiple of 64.
  expect((bytes.length - data.byteLength) % 64).toBe(0);
});
