import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/reference.ts";
import { random } from "../core/random.ts";
import { elementCount, float32, floats, type Tensor } from "../core/tensor.ts";
import { nodeRuntime } from "../platform/node/runtime.ts";
import { Graph, type Layer, type Node } from "./graph.ts";
import { inferenceModel } from "./inference.ts";
import { multiHeadAttention, positions, transformerLayer } from "./layers/attention.ts";
import { residual, sequential, squeezeExcitation } from "./layers/compose.ts";
import { conv1d, conv2d } from "./layers/convolutional.ts";
import { embedding, linear } from "./layers/dense.ts";
import { batchNorm, layerNorm } from "./layers/normalizing.ts";
import { attentionPool, globalAveragePool, maxOverSteps, maxPool2d, meanOverSteps } from "./layers/pooling.ts";
import { gru, lstm } from "./layers/recurrent.ts";
import { readMetadata } from "./onnx-metadata.ts";
import { decodeModel } from "./onnx-read.ts";
import { encodeModel } from "./onnx-write.ts";
import { gelu, relu, silu } from "./ops/activation.ts";
import { flatten } from "./ops/reshape.ts";
import type { Precision } from "./quantize.ts";
import type { Shape } from "./shape.ts";

/** Random weights and statistics for a definition; variances positive. */
function weightsOf(define: (graph: Graph, x: Node) => Node, shape: Shape, type: "float32" | "int32") {
  const graph = new Graph("train");
  define(graph, graph.input("x", shape, type));
  const generator = random(11);
  const weights = new Map<string, Float32Array>();
  for (const { name, shape: size } of graph.parameters.values()) {
    weights.set(
      name,
      Float32Array.from({ length: elementCount(size) }, () => 0.4 * generator.normal()),
    );
  }
  for (const { name, shape: size } of graph.statistics.values()) {
    const positive = name.endsWith("variance");
    const draw = () => (positive ? generator.uniform(0.5, 2) : generator.normal());
    weights.set(name, Float32Array.from({ length: elementCount(size) }, draw));
  }
  return weights;
}

async function infer(
  define: (graph: Graph, x: Node) => Node,
  weights: ReadonlyMap<string, Float32Array>,
  x: Tensor,
  precision: Precision = "float32",
): Promise<Float32Array> {
  const shape = [-1, ...x.dims.slice(1)];
  const bytes = inferenceModel((graph) => ({ y: define(graph, graph.input("x", shape, x.type)) }), weights, {
    precision,
  });
  const session = await nodeRuntime().open(bytes);
  const y = floats((await session.run({ x })).y);
  await session.release();
  return y;
}

async function train(
  define: (graph: Graph, x: Node) => Node,
  weights: ReadonlyMap<string, Float32Array>,
  x: Tensor,
): Promise<Float32Array> {
  const graph = new Graph("train");
  graph.output("y", define(graph, graph.input("x", x.dims, x.type)));
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const feeds: Record<string, Tensor> = { x };
  for (const { name, shape } of graph.parameters.values())
    feeds[name] = float32(weights.get(name) as Float32Array, shape);
  const y = floats((await session.run(feeds)).y);
  await session.release();
  return y;
}

const layer =
  (build: () => Layer) =>
  (_: Graph, x: Node): Node =>
    build()(x);
const noise = (...dims: number[]): Tensor => {
  const generator = random(21);
  return float32(
    Float32Array.from({ length: elementCount(dims) }, () => generator.normal()),
    dims,
  );
};

describe("a definition gives the same values for training and for inference, within 1e-5", () => {
  const definitions: Record<string, [Tensor, (graph: Graph, x: Node) => Node]> = {
    "linear and activations": [noise(3, 5), (_, x) => silu(gelu(relu(linear("l", 7)(x))))],
    "convolutions of all kinds": [
      noise(2, 4, 9, 8),
      layer(() =>
        sequential(
          conv2d("a", 8, { kernel: 3 }),
          conv2d("b", 8, { kernel: 3, groups: 8, stride: 2 }),
          conv2d("c", 6, { kernel: [1, 3], groups: 2, padding: [0, 1], bias: false }),
          maxPool2d(2),
          flatten,
        ),
      ),
    ],
    conv1d: [noise(2, 4, 9), layer(() => conv1d("a", 6, { kernel: 5, stride: 2 }))],
    "LSTM forward": [noise(3, 6, 4), layer(() => lstm("l", 5))],
    "LSTM backward": [noise(3, 6, 4), layer(() => lstm("l", 5, { direction: "backward" }))],
    "LSTM in both directions": [noise(3, 6, 4), layer(() => lstm("l", 5, { direction: "both" }))],
    "GRU forward": [noise(3, 6, 4), layer(() => gru("l", 5))],
    "GRU backward": [noise(3, 6, 4), layer(() => gru("l", 5, { direction: "backward" }))],
    "GRU in both directions": [noise(3, 6, 4), layer(() => gru("l", 5, { direction: "both" }))],
    "transformer layers": [
      noise(2, 5, 8),
      (_, x) => {
        const inner = positions("p", 5, 8)(x);
        const first = transformerLayer("a", 8, { heads: 2 })(inner);
        return transformerLayer("b", 8, { heads: 4, normFirst: true, activation: "gelu", feedForward: 12 })(first);
      },
    ],
    "layer norm and residual": [
      noise(2, 3, 8),
      layer(() => residual(sequential(layerNorm("n"), linear("l", 8)), linear("short", 8, { bias: false }))),
    ],
    "squeeze and excitation": [noise(2, 8, 4, 4), layer(() => sequential(squeezeExcitation("s"), globalAveragePool))],
    "attention pooling with deviation": [
      noise(2, 5, 8),
      (_, x) => attentionPool("p", { heads: 2, deviation: true })(x),
    ],
    "pooling over steps": [noise(2, 5, 8), (_, x) => linear("l", 3)(meanOverSteps(x))],
    "largest value over steps": [noise(2, 5, 8), (_, x) => maxOverSteps(x)],
  };

  test.each(Object.entries(definitions))("%s", async (_, [x, define]) => {
    const weights = weightsOf(define, x.dims, "float32");
    expectClose(await infer(define, weights, x), await train(define, weights, x), 1e-5, "y");
  });

  test("attention with a mask that is an input", async () => {
    const attend = (x: Node, mask: Node) => multiHeadAttention("a", 8, { heads: 2 })(x, x, mask);
    const x = noise(2, 5, 8);
    const mask = float32(Float32Array.of(1, 1, 0, 0, 0, 1, 1, 1, 1, 0), [2, 5]);
    const weights = weightsOf((g, node) => attend(node, g.input("mask", [2, 5])), x.dims, "float32");
    const trained = await train((g, node) => attend(node, g.constant(mask.data, [2, 5])), weights, x);
    const bytes = inferenceModel((g) => ({ y: attend(g.input("x", [-1, 5, 8]), g.input("mask", [-1, 5])) }), weights);
    const session = await nodeRuntime().open(bytes);
    expectClose(floats((await session.run({ x, mask })).y), trained, 1e-5, "y");
  });

  test("an embedding", async () => {
    const define = layer(() => sequential(embedding("e", 9, 6), linear("l", 3)));
    const ids: Tensor = { type: "int32", dims: [2, 4], data: Int32Array.of(0, 8, 3, 3, 1, 2, 7, 8) };
    const weights = weightsOf(define, ids.dims, "int32");
    expectClose(await infer(define, weights, ids), await train(define, weights, ids), 1e-5, "y");
  });

  test("any batch size", async () => {
    const define = layer(() => sequential(lstm("l", 3), flatten, linear("o", 2)));
    const weights = weightsOf(define, [1, 4, 3], "float32");
    const many = noise(5, 4, 3);
    const all = await infer(define, weights, many);
    const one = await infer(define, weights, float32(floats(many).slice(12, 24), [1, 4, 3]));
    expectClose(one, all.slice(2, 4), 1e-6, "the second of five alone");
  });
});

describe("batch norm in an inference model", () => {
  /** slope · x + offset by hand. */
  function byHand(
    x: Float32Array,
    channels: number,
    inner: number,
    weights: ReadonlyMap<string, Float32Array>,
    name: string,
  ) {
    const of = (key: string, channel: number) => (weights.get(`${name}.${key}`) as Float32Array)[channel] as number;
    return x.map((value, i) => {
      const c = Math.floor(i / inner) % channels;
      return (of("gain", c) * (value - of("mean", c))) / Math.sqrt(of("variance", c) + 1e-5) + of("bias", c);
    });
  }

  const operators = (
    define: (graph: Graph, x: Node) => Node,
    weights: ReadonlyMap<string, Float32Array>,
    shape: Shape,
  ) => decodeModel(inferenceModel((g) => ({ y: define(g, g.input("x", shape)) }), weights)).nodes.map(({ op }) => op);

  test.each([true, false])("is folded into the convolution before it (bias: %s)", async (bias) => {
    const before = layer(() => conv2d("c", 6, { kernel: 3, bias }));
    const define = layer(() => sequential(conv2d("c", 6, { kernel: 3, bias }), batchNorm("n")));
    const x = noise(2, 3, 5, 4);
    const weights = weightsOf(define, x.dims, "float32");
    const expected = byHand(await infer(before, weights, x), 6, 20, weights, "n");
    expectClose(await infer(define, weights, x), expected, 1e-5, "y");
    expect(operators(define, weights, [-1, 3, 5, 4])).toEqual(["Conv", "Identity"]);
  });

  test("is folded into the linear layer before it", async () => {
    const before = layer(() => linear("l", 6));
    const define = layer(() => sequential(linear("l", 6), batchNorm("n")));
    const x = noise(3, 4);
    const weights = weightsOf(define, x.dims, "float32");
    const expected = byHand(await infer(before, weights, x), 6, 1, weights, "n");
    expectClose(await infer(define, weights, x), expected, 1e-5, "y");
    expect(operators(define, weights, [-1, 4])).toEqual(["Gemm", "Identity"]);
  });

  test("stays a scale and a shift where there is nothing to fold into", async () => {
    const define = layer(() => batchNorm("n"));
    const x = noise(2, 3, 4);
    const weights = weightsOf(define, x.dims, "float32");
    expectClose(await infer(define, weights, x), byHand(floats(x), 3, 4, weights, "n"), 1e-5, "y");
  });

  test("does not change what else uses the convolution", async () => {
    const define = (_: Graph, x: Node) => {
      const convolved = conv2d("c", 3, { kernel: 1 })(x);
      return residual(batchNorm("n"))(convolved);
    };
    const x = noise(2, 3, 2, 2);
    const weights = weightsOf(define, x.dims, "float32");
    const convolved = await infer(
      layer(() => conv2d("c", 3, { kernel: 1 })),
      weights,
      x,
    );
    const normal = byHand(convolved, 3, 4, weights, "n");
    const expected = convolved.map((value, i) => value + (normal[i] as number));
    expectClose(await infer(define, weights, x), expected, 1e-5, "y");
  });
});

describe("smaller weights", () => {
  const define = (_: Graph, x: Node) => {
    const maps = sequential(conv2d("c", 32, { kernel: 3 }), batchNorm("n"), relu, maxPool2d(2))(x);
    return linear("out", 40)(flatten(maps));
  };
  const x = noise(4, 4, 8, 8);
  const weights = weightsOf(define, x.dims, "float32");
  const shape = [-1, 4, 8, 8];
  const size = (precision: Precision) =>
    inferenceModel((g) => ({ y: define(g, g.input("x", shape)) }), weights, { precision }).length;
  /** Root mean square of the difference, relative to that of the values. */
  function relativeError(got: Float32Array, expected: Float32Array): number {
    let [difference, total] = [0, 0];
    for (const [i, value] of expected.entries()) {
      difference += ((got[i] as number) - value) ** 2;
      total += value * value;
    }
    return Math.sqrt(difference / total);
  }

  // float16 has 11 bits: relative rounding of 2⁻¹² = 2.4e-4 at most per weight, less after summing.
  // int8 has a step of largest / 127, about 2.4 % of a normal weight's size, over √12.
  test.each([
    ["float16", 3e-4, 0.52],
    ["int8", 1.2e-2, 0.27],
  ] as const)("%s stays within %s of float32 in a file of %s of the size", async (precision, tolerance, share) => {
    const expected = await infer(define, weights, x);
    const error = relativeError(await infer(define, weights, x, precision), expected);
    expect(error).toBeLessThan(tolerance);
    expect(error).toBeGreaterThan(0);
    expect(size(precision) / size("float32")).toBeLessThan(share);
  });

  // Rounding of table, input and recurrent weights adds up.
  test.each([
    ["float16", 5e-4],
    ["int8", 1.2e-2],
  ] as const)("recurrent layers and embeddings in %s stay close as well", async (precision, tolerance) => {
    const text = layer(() => sequential(embedding("e", 100, 16), lstm("l", 24, { direction: "both" }), flatten));
    const ids: Tensor = { type: "int32", dims: [2, 4], data: Int32Array.of(0, 8, 3, 3, 1, 99, 7, 8) };
    const made = weightsOf(text, ids.dims, "int32");
    const expected = await infer(text, made, ids);
    expect(relativeError(await infer(text, made, ids, precision), expected)).toBeLessThan(tolerance);
  });

  test("attention and GRU weights survive int8", async () => {
    const network = (_: Graph, node: Node) => gru("g", 32)(transformerLayer("t", 32, { heads: 4 })(node));
    const sequence = noise(2, 3, 32);
    const made = weightsOf(network, sequence.dims, "float32");
    const expected = await infer(network, made, sequence);
    expect(relativeError(await infer(network, made, sequence, "int8"), expected)).toBeLessThan(3e-2);
  });
});

test("an inference model carries its metadata", () => {
  const bytes = inferenceModel((g) => ({ y: relu(g.input("x", [-1, 2])) }), new Map(), { metadata: { id: "face-1" } });
  expect(readMetadata(bytes)).toEqual({ id: "face-1" });
});

test("weights that do not fit the definition are refused by name", () => {
  const build = (data: Map<string, Float32Array>) => () =>
    inferenceModel((g) => ({ y: linear("head", 3)(g.input("x", [-1, 2])) }), data);
  expect(build(new Map())).toThrow("The weights hold nothing for head.weight; expected [2, 3].");
  expect(build(new Map([["head.weight", new Float32Array(4)]]))).toThrow(
    "hold 4 values for head.weight; expected [2, 3].",
  );
});
