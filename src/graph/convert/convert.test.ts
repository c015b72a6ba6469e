import { expect, test } from "vitest";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { rawBytes } from "../onnx.ts";
import { decodeModel } from "../onnx-read.ts";
import { type ConvertOptions, convertGraphModel } from "./convert.ts";
import { parseGraphModel } from "./graph-model.ts";
import { readWeights } from "./weights.ts";

const text = (value: string): { s: string } => ({ s: btoa(value) });
const list = (...i: number[]): { list: { i: string[] } } => ({ list: { i: i.map(String) } });
const SAME = {
  padding: text("SAME"),
  data_format: text("NHWC"),
  strides: list(1, 2, 2, 1),
  dilations: list(1, 1, 1, 1),
};

interface Constant {
  readonly name: string;
  readonly shape: number[];
  readonly values: number[];
  readonly dtype?: "float32" | "int32";
}

function build(inputShape: number[], nodes: object[], constants: Constant[]): { json: string; bytes: Uint8Array } {
  const dim = inputShape.map((size) => ({ size: String(size) }));
  const parts = constants.map(({ values, dtype }) => (dtype === "int32" ? Int32Array : Float32Array).from(values));
  const json = JSON.stringify({
    format: "graph-model",
    modelTopology: {
      node: [
        ...constants.map(({ name }) => ({ name, op: "Const" })),
        { name: "x", op: "Placeholder", attr: { shape: { shape: { dim } } } },
        ...nodes,
      ],
    },
    weightsManifest: [
      { paths: ["w.bin"], weights: constants.map(({ name, shape, dtype = "float32" }) => ({ name, shape, dtype })) },
    ],
  });
  const bytes = parts.flatMap((part) => [...rawBytes(part)]);
  return { json, bytes: Uint8Array.from(bytes) };
}

async function run(
  built: { json: string; bytes: Uint8Array },
  dims: number[],
  values: number[],
  options: ConvertOptions = {},
): Promise<Record<string, number[]>> {
  const model = parseGraphModel(built.json);
  const session = await nodeRuntime().open(convertGraphModel(model, readWeights(model, built.bytes), options));
  const outputs = await session.run({ x: { type: "float32", dims, data: Float32Array.from(values) } });
  await session.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, Array.from(tensor.data, Number)]));
}

/** TensorFlow's SAME convolution of stride 2, written out on NHWC. */
function convolve(x: number[], size: number, inward: number, kernel: number[], k: number, outward: number): number[] {
  const outSize = Math.ceil(size / 2);
  const before = Math.floor(Math.max(0, (outSize - 1) * 2 + k - size) / 2);
  const out: number[] = [];
  for (let row = 0; row < outSize; row++)
    for (let column = 0; column < outSize; column++)
      for (let o = 0; o < outward; o++) {
        let sum = 0;
        for (let dy = 0; dy < k; dy++)
          for (let dx = 0; dx < k; dx++)
            for (let i = 0; i < inward; i++) {
              const [sy, sx] = [row * 2 - before + dy, column * 2 - before + dx];
              if (sy < 0 || sx < 0 || sy >= size || sx >= size) continue;
              const value = x[(sy * size + sx) * inward + i] as number;
              sum += value * (kernel[((dy * k + dx) * inward + i) * outward + o] as number);
            }
        out.push(sum);
      }
  return out;
}

const wave = (length: number): number[] => Array.from({ length }, (_, i) => Math.fround(Math.sin(i * 1.7)));

function toPlanes(values: number[], channels: number): number[] {
  const area = values.length / channels;
  return Array.from(values, (_, i) => values[(i % area) * channels + Math.floor(i / area)] as number);
}

test.each([4, 5])("a strided SAME convolution of a %i×%i image pads as TensorFlow does", async (size) => {
  const kernel = wave(3 * 3 * 2 * 4);
  const x = wave(size * size * 2);
  const conv = { name: "y", op: "_FusedConv2D", input: ["x", "k", "b"] };
  const built = build(
    [1, size, size, 2],
    [{ ...conv, attr: { ...SAME, fused_ops: { list: { s: [btoa("BiasAdd"), btoa("Relu")] } } } }],
    [
      { name: "k", shape: [3, 3, 2, 4], values: kernel },
      { name: "b", shape: [4], values: [0.1, 0.2, 0.3, 0.4] },
    ],
  );
  const { y } = await run(built, [1, 2, size, size], toPlanes(x, 2));
  const expected = convolve(x, size, 2, kernel, 3, 4).map((value, i) => Math.max(0, value + ((i % 4) + 1) / 10));
  expect(y).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(y?.[i]).toBeCloseTo(value, 5);
});

test("a depthwise convolution keeps channels apart and orders the multiples of one channel together", async () => {
  const built = build(
    [1, 1, 1, 2],
    [{ name: "y", op: "DepthwiseConv2dNative", input: ["x", "k"], attr: SAME }],
    [{ name: "k", shape: [1, 1, 2, 2], values: [1, 2, 3, 4] }],
  );
  expect((await run(built, [1, 2, 1, 1], [10, 100]))["y"]).toEqual([10, 20, 300, 400]);
});

test("channels are padded, scaled, clipped, pooled and reshaped in TensorFlow's order", async () => {
  const built = build(
    [1, 2, 2, 1],
    [
      { name: "p", op: "Pad", input: ["x", "paddings"] },
      { name: "a", op: "AddV2", input: ["p:0", "offset"] },
      { name: "c", op: "Minimum", input: ["a", "six"] },
      { name: "flat", op: "Reshape", input: ["c", "shape"] },
      { name: "pooled", op: "MaxPool", input: ["c"], attr: { ...SAME, ksize: list(1, 2, 2, 1) } },
      { name: "mean", op: "Mean", input: ["a", "axes"] },
    ],
    [
      { name: "paddings", shape: [4, 2], values: [0, 0, 0, 0, 0, 0, 0, 1], dtype: "int32" },
      { name: "offset", shape: [2], values: [1, -1] },
      { name: "six", shape: [], values: [6] },
      { name: "shape", shape: [2], values: [-1, 8], dtype: "int32" },
      { name: "axes", shape: [2], values: [1, 2], dtype: "int32" },
    ],
  );
  const { flat, pooled, mean } = await run(built, [1, 1, 2, 2], [1, 2, 3, 9]);
  expect(flat).toEqual([2, -1, 3, -1, 4, -1, 6, -1]);
  expect(pooled).toEqual([6, -1]);
  expect(mean).toEqual([4.75, -1]);
});

test("an average leaves padding out", async () => {
  const node = { name: "y", op: "AvgPool", input: ["x"], attr: { ...SAME, ksize: list(1, 2, 2, 1) } };
  const built = build([1, 3, 3, 1], [node], []);
  const { y } = await run(built, [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(y).toEqual([3, 4.5, 7.5, 9]);
});

test("a batch norm that names no epsilon has that of TensorFlow.js", async () => {
  const built = build(
    [1, 1, 1, 2],
    [{ name: "y", op: "FusedBatchNormV3", input: ["x", "scale", "offset", "mean", "variance"] }],
    [
      { name: "scale", shape: [2], values: [1, 2] },
      { name: "offset", shape: [2], values: [0, 5] },
      { name: "mean", shape: [2], values: [1, -1] },
      { name: "variance", shape: [2], values: [0, 3.999] },
    ],
  );
  const { y } = await run(built, [1, 2, 1, 1], [2, 1]);
  // (2 − 1) / √0.001 and 2 · (1 + 1) / √4 + 5
  expect(y?.[0]).toBeCloseTo(1 / Math.sqrt(0.001), 3);
  expect(y?.[1]).toBeCloseTo(7, 5);
});

test("a matrix product with bias, sigmoid and a slope per channel", async () => {
  const built = build(
    [1, 1, 1, 2],
    [
      { name: "s", op: "Prelu", input: ["x", "slope"] },
      { name: "m", op: "Mean", input: ["s", "axes"] },
      {
        name: "d",
        op: "_FusedMatMul",
        input: ["m", "k", "b"],
        attr: { fused_ops: { list: { s: [btoa("BiasAdd")] } } },
      },
      { name: "y", op: "Sigmoid", input: ["d"] },
    ],
    [
      { name: "slope", shape: [1, 1, 2], values: [0.5, 0.25] },
      { name: "axes", shape: [2], values: [1, 2], dtype: "int32" },
      { name: "k", shape: [2, 1], values: [1, 2] },
      { name: "b", shape: [1], values: [1] },
    ],
  );
  // Prelu(-2, -4) = (-1, -1); (-1)·1 + (-1)·2 + 1 = -2
  const { y } = await run(built, [1, 2, 1, 1], [-2, -4]);
  expect(y?.[0]).toBeCloseTo(1 / (1 + Math.exp(2)), 6);
});

test("an inner node can be the output, in TensorFlow's layout, at another input size", async () => {
  const built = build(
    [1, 2, 2, 2],
    [
      { name: "r", op: "Relu", input: ["x"] },
      { name: "y", op: "Sigmoid", input: ["r"] },
    ],
    [],
  );
  const outputs = await run(built, [1, 2, 1, 3], [1, 2, 3, -4, -5, -6], {
    inputShape: [1, -1, -1, 2],
    outputs: { r: "relu" },
  });
  expect(outputs).toEqual({ relu: [1, 0, 2, 0, 3, 0] });
});

test("the input can be given another name", () => {
  const model = parseGraphModel(build([1, 2], [{ name: "y", op: "Relu", input: ["x"] }], []).json);
  const { inputs, nodes } = decodeModel(convertGraphModel(model, new Map(), { inputName: "features" }));
  expect(inputs.map(({ name }) => name)).toEqual(["features"]);
  expect(nodes[0]?.inputs).toEqual(["features"]);
});

test("half precision and affine quantization are widened", () => {
  const json = JSON.stringify({
    modelTopology: { node: [] },
    weightsManifest: [
      {
        paths: ["w.bin"],
        weights: [
          { name: "h", shape: [1], dtype: "float32", quantization: { dtype: "float16" } },
          { name: "q", shape: [2], dtype: "float32", quantization: { dtype: "uint8", scale: 0.5, min: -1 } },
        ],
      },
    ],
  });
  const weights = readWeights(parseGraphModel(json), Uint8Array.of(0x00, 0x3c, 0, 4));
  expect([...(weights.get("h")?.data ?? [])]).toEqual([1]);
  expect([...(weights.get("q")?.data ?? [])]).toEqual([-1, 1]);
});

test("an unknown operator, a cut weight file and other JSON are errors that say what was found", () => {
  const built = build([1, 1], [{ name: "y", op: "FancyOp", input: ["x"] }], []);
  const model = parseGraphModel(built.json);
  expect(() => convertGraphModel(model, new Map())).toThrow("Operator FancyOp of node y");
  const weighty = build([1, 1], [], [{ name: "k", shape: [3], values: [1, 2, 3] }]);
  expect(() => readWeights(parseGraphModel(weighty.json), weighty.bytes.subarray(4))).toThrow("ends at byte 12");
  expect(() => parseGraphModel("{}")).toThrow("without `modelTopology.node`");
  expect(() => parseGraphModel("<html>")).toThrow("not JSON");
});
