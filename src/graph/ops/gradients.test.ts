import { describe, expect, test } from "vitest";
import { apart, checkGradients, type GradientCheck, positive } from "../../../test/gradient-check.ts";
import { float32, floats, int64 } from "../../core/tensor.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { differentiate } from "../differentiate.ts";
import { Graph, type Node } from "../graph.ts";
import { zeros } from "../initialize.ts";
import { encodeModel } from "../onnx-write.ts";
import * as activation from "./activation.ts";
import * as arithmetic from "./arithmetic.ts";
import { convolve } from "./convolution.ts";
import { lookup } from "./lookup.ts";
import { affine, matmul } from "./matmul.ts";
import { mixRows } from "./mixture.ts";
import { batchNormalize, layerNormalize } from "./normalization.ts";
import { averagePool, maxPool } from "./pooling.ts";
import { concat, flatten, pick, reshape, slice, transpose } from "./reshape.ts";

type Values = Record<string, Node>;
const at = (values: Values, name: string): Node => values[name] as Node;
const x = (values: Values): Node => at(values, "x");

function checks(cases: Record<string, GradientCheck>): void {
  for (const [name, check] of Object.entries(cases)) {
    test(`${name} has the gradient that finite differences give`, () => checkGradients(check));
  }
}

describe("activations", () => {
  const inputs = { x: [3, 4] };
  checks({
    relu: { inputs: { x: { shape: [3, 4], fill: apart } }, build: (v) => activation.relu(x(v)) },
    sigmoid: { inputs, build: (v) => activation.sigmoid(x(v)) },
    tanh: { inputs, build: (v) => activation.tanh(x(v)) },
    silu: { inputs, build: (v) => activation.silu(x(v)) },
    gelu: { inputs, build: (v) => activation.gelu(x(v)) },
    softplus: { inputs, build: (v) => activation.softplus(x(v)) },
    softmax: { inputs: { x: [2, 3, 4] }, build: (v) => activation.softmax(x(v)) },
    logSoftmax: { inputs: { x: [2, 3, 4] }, build: (v) => activation.logSoftmax(x(v)) },
  });
});

describe("arithmetic", () => {
  const both = { a: [2, 3, 4], b: [3, 1] };
  checks({
    "add with broadcasting": { inputs: both, build: (v) => arithmetic.add(at(v, "a"), at(v, "b")) },
    "add of a value to itself": { inputs: { x: [3] }, build: (v) => arithmetic.add(x(v), x(v)) },
    "sub with broadcasting": { inputs: both, build: (v) => arithmetic.sub(at(v, "a"), at(v, "b")) },
    "sub with the left side broadcast": { inputs: both, build: (v) => arithmetic.sub(at(v, "b"), at(v, "a")) },
    "mul with broadcasting": { inputs: both, build: (v) => arithmetic.mul(at(v, "a"), at(v, "b")) },
    "div with broadcasting": {
      inputs: { a: [2, 3, 4], b: { shape: [3, 1], fill: positive } },
      build: (v) => arithmetic.div(at(v, "a"), at(v, "b")),
    },
    scale: { inputs: { x: [5] }, build: (v) => arithmetic.scale(x(v), -2.5) },
    shift: { inputs: { x: [5] }, build: (v) => arithmetic.shift(x(v), 3) },
    power: { inputs: { x: { shape: [5], fill: positive } }, build: (v) => arithmetic.power(x(v), 2.5) },
    "power with a whole exponent of negative values": {
      inputs: { x: [5] },
      build: (v) => arithmetic.power(x(v), 3),
    },
    square: { inputs: { x: [5] }, build: (v) => arithmetic.square(x(v)) },
    sqrt: { inputs: { x: { shape: [5], fill: positive } }, build: (v) => arithmetic.sqrt(x(v)) },
    exp: { inputs: { x: [5] }, build: (v) => arithmetic.exp(x(v)) },
    log: { inputs: { x: { shape: [5], fill: positive } }, build: (v) => arithmetic.log(x(v)) },
    sum: { inputs: { x: [2, 3, 4] }, build: (v) => arithmetic.sum(x(v), [0, 2]) },
    "sum that keeps its axes": { inputs: { x: [2, 3, 4] }, build: (v) => arithmetic.sum(x(v), [1], true) },
    mean: { inputs: { x: [2, 3, 4] }, build: (v) => arithmetic.mean(x(v), [-1]) },
    "mean over everything": { inputs: { x: [2, 3] }, build: (v) => arithmetic.mean(x(v), [0, 1]) },
  });
});

describe("products", () => {
  checks({
    matmul: { inputs: { a: [2, 3, 4], b: [2, 4, 5] }, build: (v) => matmul(at(v, "a"), at(v, "b")) },
    "matmul with the right side transposed and scaled": {
      inputs: { a: [2, 2, 3, 4], b: [2, 2, 5, 4] },
      build: (v) => matmul(at(v, "a"), at(v, "b"), true, 0.5),
    },
    "affine of a matrix": {
      inputs: { x: [3, 4], weight: [4, 2], bias: [2] },
      build: (v) => affine(x(v), at(v, "weight"), at(v, "bias")),
    },
    "affine of a sequence without bias": {
      inputs: { x: [2, 3, 4], weight: [4, 2] },
      build: (v) => affine(x(v), at(v, "weight"), null),
    },
  });
});

describe("moving values", () => {
  checks({
    reshape: { inputs: { x: [2, 6] }, build: (v) => reshape(x(v), [3, 4]) },
    flatten: { inputs: { x: [2, 3, 2] }, build: (v) => flatten(x(v)) },
    transpose: { inputs: { x: [2, 3, 4] }, build: (v) => transpose(x(v), [2, 0, 1]) },
    concat: { inputs: { a: [2, 3], b: [2, 1] }, build: (v) => concat([at(v, "a"), at(v, "b")], 1) },
    "concat of a value with itself": { inputs: { x: [2, 3] }, build: (v) => concat([x(v), x(v)], -1) },
    slice: { inputs: { x: [3, 5] }, build: (v) => slice(x(v), 1, 1, 4) },
    pick: { inputs: { x: [3, 4, 2] }, build: (v) => pick(x(v), 1, 2) },
    mixRows: {
      inputs: { x: [3, 4, 2] },
      build: (v, graph) => mixRows(x(v), graph.constant(Float32Array.of(0.3, 1, 0.6), [3, 1])),
    },
  });
});

describe("convolution", () => {
  const geometry = (
    kernel: [number, number],
    stride: [number, number],
    pads: [number, number, number, number],
    groups = 1,
  ) => ({ kernel, stride, pads, groups });
  const same = [1, 1, 1, 1] as [number, number, number, number];
  const conv = (
    input: number[],
    weight: number[],
    shape: ReturnType<typeof geometry>,
    biased = false,
  ): GradientCheck => ({
    inputs: biased ? { x: input, weight, bias: [weight[0] as number] } : { x: input, weight },
    build: (v) => convolve(x(v), at(v, "weight"), biased ? at(v, "bias") : null, shape),
  });
  checks({
    "3x3 with padding and bias": conv([2, 3, 5, 6], [4, 3, 3, 3], geometry([3, 3], [1, 1], same), true),
    "3x3 without padding": conv([2, 2, 5, 4], [3, 2, 3, 3], geometry([3, 3], [1, 1], [0, 0, 0, 0])),
    "3x3 with uneven padding": conv([2, 2, 5, 4], [3, 2, 3, 3], geometry([3, 3], [1, 1], [0, 1, 2, 0])),
    "3x3 with more padding than the kernel reaches": conv(
      [1, 2, 3, 3],
      [2, 2, 3, 3],
      geometry([3, 3], [1, 1], [3, 3, 3, 3]),
    ),
    "1x1": conv([2, 3, 4, 4], [5, 3, 1, 1], geometry([1, 1], [1, 1], [0, 0, 0, 0])),
    "1x1 stride 2, even size": conv([2, 3, 4, 6], [2, 3, 1, 1], geometry([1, 1], [2, 2], [0, 0, 0, 0])),
    "3x3 stride 2, even size": conv([2, 2, 6, 4], [3, 2, 3, 3], geometry([3, 3], [2, 2], same)),
    "3x3 stride 2, odd size": conv([2, 2, 7, 5], [3, 2, 3, 3], geometry([3, 3], [2, 2], same)),
    "1x5 stride 1x2": conv([2, 2, 1, 9], [3, 2, 1, 5], geometry([1, 5], [1, 2], [0, 2, 0, 2])),
    "5x3 stride 3x2": conv([1, 2, 9, 7], [2, 2, 5, 3], geometry([5, 3], [3, 2], [2, 1, 2, 1])),
    "two groups": conv([2, 4, 4, 4], [6, 2, 3, 3], geometry([3, 3], [1, 1], same, 2)),
    "two groups of many channels": conv([1, 34, 3, 3], [4, 17, 3, 3], geometry([3, 3], [1, 1], same, 2)),
    "many channels": conv([2, 18, 4, 3], [5, 18, 3, 3], geometry([3, 3], [1, 1], same)),
    "two groups of many channels, uneven padding and kernel": conv(
      [2, 32, 5, 4],
      [4, 16, 3, 2],
      geometry([3, 2], [1, 1], [0, 1, 2, 0], 2),
    ),
    "large pictures, worked off in pieces": {
      ...conv([9, 16, 60, 64], [16, 16, 3, 3], geometry([3, 3], [1, 1], same)),
      // Sums over 34,560 positions: what is compared is of the order of 100.
      samples: 3,
    },
    "1x1 of many channels": conv([2, 16, 24, 24], [4, 16, 1, 1], geometry([1, 1], [1, 1], [0, 0, 0, 0])),
    "many channels, uneven padding and kernel": conv(
      [2, 16, 5, 4],
      [4, 16, 2, 3],
      geometry([2, 3], [1, 1], [1, 0, 0, 2]),
    ),
    "many channels stride 2": conv([2, 18, 5, 4], [3, 18, 3, 3], geometry([3, 3], [2, 2], same)),
    "channels in whole blocks": conv([1, 32, 5, 4], [16, 32, 3, 3], geometry([3, 3], [1, 1], same), true),
    "channels in whole blocks, uneven padding": conv(
      [2, 16, 5, 4],
      [32, 16, 3, 2],
      geometry([3, 2], [1, 1], [0, 1, 2, 0]),
    ),
    "channels in whole blocks, stride 2": conv([2, 16, 5, 4], [16, 16, 3, 3], geometry([3, 3], [2, 2], same)),
    depthwise: conv([2, 3, 5, 4], [3, 1, 3, 3], geometry([3, 3], [1, 1], same, 3)),
    "depthwise stride 2, even size": conv([2, 3, 6, 4], [3, 1, 3, 3], geometry([3, 3], [2, 2], same, 3)),
    "depthwise stride 2, odd size": conv([2, 3, 7, 5], [3, 1, 3, 3], geometry([3, 3], [2, 2], same, 3)),
    "depthwise with two outputs a channel": conv([2, 3, 4, 4], [6, 1, 3, 3], geometry([3, 3], [1, 1], same, 3)),
  });
});

describe("pooling", () => {
  const pool = (kernel: number, stride: number, pad: number) => ({
    kernel: [kernel, kernel] as const,
    stride: [stride, stride] as const,
    pads: [pad, pad, pad, pad] as const,
  });
  const spread = (...shape: number[]) => ({ x: { shape, fill: apart } });
  checks({
    "max pooling": { inputs: spread(2, 3, 4, 6), build: (v) => maxPool(x(v), pool(2, 2, 0)), samples: 30 },
    "max pooling of an odd size": {
      inputs: spread(2, 2, 5, 7),
      build: (v) => maxPool(x(v), pool(2, 2, 0)),
      samples: 30,
    },
    "max pooling with gaps": { inputs: spread(1, 2, 6, 7), build: (v) => maxPool(x(v), pool(2, 3, 0)), samples: 30 },
    "overlapping max pooling with padding": {
      inputs: spread(2, 2, 5, 6),
      build: (v) => maxPool(x(v), pool(3, 2, 1)),
      samples: 30,
    },
    "average pooling": { inputs: { x: [2, 3, 4, 6] }, build: (v) => averagePool(x(v), pool(2, 2, 0)) },
    "average pooling of an odd size": { inputs: { x: [2, 2, 5, 7] }, build: (v) => averagePool(x(v), pool(2, 2, 0)) },
    "overlapping average pooling with padding": {
      inputs: { x: [2, 2, 5, 6] },
      build: (v) => averagePool(x(v), pool(3, 2, 1)),
    },
  });
});

describe("normalization", () => {
  const perChannel = (channels: number) => ({ gain: [channels], bias: [channels] });
  const normalize = (v: Values): Node => batchNormalize(x(v), at(v, "gain"), at(v, "bias"), 1e-5).y;
  checks({
    "batch norm of pictures": { inputs: { x: [3, 2, 3, 2], ...perChannel(2) }, build: normalize },
    "batch norm of large pictures": { inputs: { x: [3, 2, 8, 9], ...perChannel(2) }, build: normalize },
    "batch norm of long sequences": { inputs: { x: [2, 3, 70], ...perChannel(3) }, build: normalize },
    "batch norm of sequences": { inputs: { x: [3, 2, 4], ...perChannel(2) }, build: normalize },
    "batch norm of vectors": { inputs: { x: [6, 3], ...perChannel(3) }, build: normalize },
    "two batch norms, each with statistics of its own": {
      inputs: { x: [4, 2, 3, 2], ...perChannel(2) },
      build: (v) => batchNormalize(activation.tanh(normalize(v)), at(v, "gain"), at(v, "bias"), 1e-5).y,
    },
    "batch norm behind a convolution": {
      inputs: { x: [2, 3, 4, 5], weight: [2, 3, 3, 3], ...perChannel(2) },
      build: (v) => {
        const convolved = convolve(x(v), at(v, "weight"), null, {
          kernel: [3, 3],
          stride: [1, 1],
          pads: [1, 1, 1, 1],
          groups: 1,
        });
        return batchNormalize(convolved, at(v, "gain"), at(v, "bias"), 1e-5).y;
      },
    },
    "batch norm before max pooling": {
      inputs: { x: { shape: [3, 2, 5, 4], fill: apart }, ...perChannel(2) },
      build: (v) =>
        maxPool(batchNormalize(x(v), at(v, "gain"), at(v, "bias"), 1e-5).y, {
          kernel: [2, 2],
          stride: [2, 2],
          pads: [0, 0, 0, 0],
        }),
      samples: 40,
    },
    "batch norm behind a convolution of an input, which something else reads as well": {
      inputs: { weight: [4, 2, 3, 3], ...perChannel(4) },
      build: (v, graph) => {
        const pixels = Float32Array.from({ length: 140 }, (_, i) => 1 + Math.sin(1.7 * i));
        const convolved = convolve(graph.constant(pixels, [2, 2, 7, 5]), at(v, "weight"), null, {
          kernel: [3, 3],
          stride: [2, 1],
          pads: [1, 1, 1, 1],
          groups: 1,
        });
        const normal = batchNormalize(convolved, at(v, "gain"), at(v, "bias"), 1e-5).y;
        return arithmetic.add(normal, arithmetic.square(convolved));
      },
    },
    "layer norm of vectors": {
      inputs: { x: [3, 6], ...perChannel(6) },
      build: (v) => layerNormalize(x(v), at(v, "gain"), at(v, "bias"), 1e-5),
    },
    "layer norm of sequences": {
      inputs: { x: [2, 3, 5], ...perChannel(5) },
      build: (v) => layerNormalize(x(v), at(v, "gain"), at(v, "bias"), 1e-5),
    },
  });
});

describe("look-ups", () => {
  const rows = [2, 0, 2, 1];
  const ids = (graph: Graph) => graph.one("Identity", [graph.integers(rows)], [4], {}, "int64");

  checks({
    "a dense look-up with a row read twice": {
      inputs: { x: [4, 3] },
      build: (v, graph) => lookup(x(v), ids(graph)),
    },
  });

  test("a sparse look-up hands back one gradient row per id, in the order of the ids", async () => {
    const graph = new Graph("train");
    const table = graph.parameter("table", [4, 2], zeros, { sparse: true });
    const read = lookup(table, graph.input("ids", [2, 2], "int64"));
    const weights = graph.constant(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [2, 2, 2]);
    const loss = arithmetic.sum(arithmetic.mul(read, weights), [0, 1, 2]);
    const { dense, sparse } = differentiate(graph, loss);
    expect(dense.has("table")).toBe(false);
    const gradient = sparse.get("table")?.[0] as Node;
    expect(gradient.shape).toEqual([4, 2]);
    graph.output("gradient", gradient);
    graph.output("loss", loss);
    const session = await nodeRuntime().open(encodeModel(graph.model()));
    const result = await session.run({
      table: float32(new Float32Array(8).fill(1), [4, 2]),
      ids: int64(BigInt64Array.of(3n, 1n, 1n, 0n), [2, 2]),
    });
    expect(floats(result.loss)[0]).toBe(36);
    expect([...floats(result.gradient)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe("dropout", () => {
  test("drops where no gradient flows back and the runtime optimizes", async () => {
    const graph = new Graph("train", undefined, { seed: 3 });
    graph.output("y", activation.dropout(activation.relu(graph.input("x", [1000])), 0.25));
    const session = await nodeRuntime().open(encodeModel(graph.model()), { optimization: "all" });
    const { y } = await session.run({ x: float32(new Float32Array(1000).fill(1), [1000]) });
    const dropped = floats(y).filter((value) => value === 0).length;
    expect(dropped).toBeGreaterThan(200);
    expect(dropped).toBeLessThan(300);
    await session.release();
  });

  test("the gradient passes where the value passed, scaled alike, and about the asked share is zero", async () => {
    const size = 4000;
    const graph = new Graph("train", undefined, { seed: 5 });
    const value = graph.parameter("x", [size], zeros);
    const y = activation.dropout(value, 0.25);
    const { dense } = differentiate(graph, arithmetic.sum(y, [0]));
    graph.output("y", y);
    graph.output("gradient", dense.get("x") as Node);
    const session = await nodeRuntime().open(encodeModel(graph.model()));
    const result = await session.run({ x: float32(new Float32Array(size).fill(1), [size]) });
    expect(floats(result.gradient)).toEqual(floats(result.y));
    const kept = floats(result.y).filter((kept) => kept !== 0);
    expect(kept[0]).toBeCloseTo(1 / 0.75, 6);
    // Binomial with p = 0.75: five standard deviations are 137 of 4,000.
    expect(Math.abs(kept.length - 3000)).toBeLessThan(137);
  });

  test("does nothing in an inference graph", () => {
    const graph = new Graph("infer", new Map());
    const value = graph.input("x", [2]);
    expect(activation.dropout(value, 0.5)).toBe(value);
  });
});
