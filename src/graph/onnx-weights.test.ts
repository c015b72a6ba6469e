import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { rawBytes } from "./onnx.ts";
import { onnxWeights } from "./onnx-weights.ts";
import { quantize } from "./quantize.ts";

const dice = random(1);
const data = Float32Array.from({ length: 64 * 32 }, () => dice.normal());
const model = {
  nodes: [{ op: "MatMul", inputs: ["x", "layer.weight"], outputs: ["y"] }],
  initializers: [
    { name: "layer.weight", type: "float32" as const, dims: [64, 32], bytes: rawBytes(data) },
    { name: "axes", type: "int64" as const, dims: [1], bytes: rawBytes(BigInt64Array.of(1n)) },
  ],
  inputs: [],
  outputs: [],
};

test.each([
  ["float32", 0],
  // Half of the last place of float16 near 4 is 2⁻¹⁰; of int8 half a step of the largest value over 127.
  ["float16", 0.002],
  ["int8", 0.02],
] as const)("weights stored as %s are found under their own names", (precision, tolerance) => {
  const weights = onnxWeights(quantize(model, precision));
  expect([...weights.keys()].filter((name) => !name.endsWith(" scales"))).toEqual(["layer.weight"]);
  const found = weights.get("layer.weight") as Float32Array;
  expect(found).toHaveLength(data.length);
  expect(Math.max(...found.map((value, i) => Math.abs(value - (data[i] as number))))).toBeLessThanOrEqual(tolerance);
});
