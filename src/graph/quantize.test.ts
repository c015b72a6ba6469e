import { describe, expect, test } from "vitest";
import { type OnnxModel, rawBytes } from "./onnx.ts";
import { decodeModel } from "./onnx-read.ts";
import { encodeModel } from "./onnx-write.ts";
import { quantize } from "./quantize.ts";
import { widen } from "./widen.ts";

describe("quantized models", () => {
  const weights = Float32Array.from({ length: 64 * 32 }, (_, i) => Math.sin(i) * (1 + (i % 32)));
  const model: OnnxModel = {
    nodes: [{ op: "Gemm", inputs: ["x", "w", "b"], outputs: ["y"], attributes: {}, domain: "" }],
    initializers: [
      { name: "w", type: "float32", dims: [64, 32], bytes: rawBytes(weights) },
      { name: "b", type: "float32", dims: [32], bytes: rawBytes(new Float32Array(32)) },
    ],
    inputs: [{ name: "x", type: "float32", dims: [-1, 64] }],
    outputs: [{ name: "y", type: "float32", dims: [-1, 32] }],
  };
  const types = (precision: "float16" | "int8") =>
    decodeModel(encodeModel(quantize(model, precision))).initializers.map(({ name, type }) => [name, type]);

  const table: OnnxModel = {
    nodes: [
      { op: "Gather", inputs: ["t", "ids"], outputs: ["rows"] },
      { op: "Relu", inputs: ["rows"], outputs: ["y"] },
    ],
    initializers: [{ name: "t", type: "float32", dims: [64, 32], bytes: rawBytes(weights) }],
    inputs: [{ name: "ids", type: "int32", dims: [-1] }],
    outputs: [{ name: "y", type: "float32", dims: [-1, 32] }],
  };

  test.each(["float16", "int8"] as const)(
    "in %s widen to the same graph, with the rounding that they had",
    (precision) => {
      for (const whole of [model, table]) {
        const wide = widen(quantize(whole, precision));
        expect(wide.nodes).toEqual(whole.nodes);
        expect(wide.initializers.map(({ name, type, dims }) => ({ name, type, dims }))).toEqual(
          whole.initializers.map(({ name, type, dims }) => ({ name, type, dims })),
        );
        const own = new Float32Array(new Uint8Array(wide.initializers[0]?.bytes ?? []).buffer);
        for (const [at, weight] of weights.entries()) expect(Math.abs((own[at] as number) - weight)).toBeLessThan(0.13);
        expect(quantize(wide, precision).initializers).toEqual(quantize(whole, precision).initializers);
      }
    },
  );

  test("are left as they are by widening where they are wide", () => {
    expect(widen(model)).toBe(model);
  });

  test("store large weights in fewer bits and leave biases as they are", () => {
    expect(types("float16")).toEqual([
      ["w float16", "float16"],
      ["b", "float32"],
    ]);
    expect(types("int8")).toEqual([
      ["w int8", "int8"],
      ["w scales", "float32"],
      ["b", "float32"],
    ]);
  });

  test("have one int8 scale per output unit, so that a large unit does not coarsen a small one", () => {
    const small = quantize(model, "int8").initializers;
    const bytes = (name: string) => small.find((tensor) => tensor.name === name)?.bytes as Uint8Array;
    const scales = new Float32Array(bytes("w scales").slice().buffer);
    const values = new Int8Array(bytes("w int8").slice().buffer);
    for (let unit = 0; unit < 32; unit++) {
      const column = Array.from({ length: 64 }, (_, row) => weights[row * 32 + unit] as number);
      expect(scales[unit]).toBeCloseTo(Math.max(...column.map(Math.abs)) / 127, 5);
      for (const [row, value] of column.entries()) {
        const back = (values[row * 32 + unit] as number) * (scales[unit] as number);
        expect(Math.abs(back - value)).toBeLessThanOrEqual(0.5001 * (scales[unit] as number));
      }
    }
  });

  test("in float32 are left alone", () => {
    expect(quantize(model, "float32")).toBe(model);
  });
});
