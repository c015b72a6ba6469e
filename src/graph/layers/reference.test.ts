import { describe, expect, test } from "vitest";
import {
  expectClose,
  expectReference,
  type ReferenceCase,
  type ReferenceTensor,
  referenceCases,
  tensorOf,
  toTensor,
} from "../../../test/reference.ts";
import { float32, floats } from "../../core/tensor.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { Graph, type Layer, type Node } from "../graph.ts";
import { encodeModel } from "../onnx-write.ts";
import { multiHeadAttention } from "./attention.ts";
import { conv1d, conv2d } from "./convolutional.ts";
import { linear } from "./dense.ts";
import { batchNorm, layerNorm } from "./normalizing.ts";
import { gru, lstm } from "./recurrent.ts";

/** Renames tensors of a case to the names that a layer gives its parameters. */
function renamed(tensors: Readonly<Record<string, ReferenceTensor>>, rename: (name: string) => string) {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));
}

function suite(
  fixture: string,
  make: (reference: ReferenceCase) => { layer: Layer; rename: (name: string) => string },
): void {
  describe(`${fixture} agrees with PyTorch float64`, () => {
    test.each(referenceCases(fixture).map((reference) => [reference.name, reference] as const))(
      "%s",
      (_, reference) => {
        const { layer, rename } = make(reference);
        const { inputs, weights, outputs, upstream, gradients } = reference;
        return expectReference({
          values: renamed({ ...inputs, ...weights }, rename),
          gradients: renamed(gradients, rename),
          build: (x) => layer(x("x")),
          expected: tensorOf(outputs, "output"),
          upstream,
        });
      },
    );
  });
}

const plain = (name: string) => (name === "x" ? "x" : `layer.${name}`);

suite("linear", ({ weights }) => ({
  layer: linear("layer", weights.weight?.dims[1] as number, { bias: "bias" in weights }),
  rename: plain,
}));

for (const [fixture, rank] of [
  ["conv2d", 2],
  ["depthwise", 2],
  ["conv1d", 1],
] as const) {
  suite(fixture, (reference) => {
    const { weights, attributes } = reference;
    const { dims, values } = tensorOf(weights, "weight");
    const [channels = 0, perGroup = 0, ...kernel] = dims;
    const {
      stride = 1,
      padding = 0,
      groups = 1,
    } = attributes as { stride?: number; padding?: number; groups?: number };
    const shared = { stride, padding, groups, bias: "bias" in weights };
    if (rank === 2) {
      return { layer: conv2d("layer", channels, { ...shared, kernel: kernel as [number, number] }), rename: plain };
    }
    // Our kernels of one dimension are stored as [out, in, 1, kernel].
    Object.assign(weights, { weight: { dims: [channels, perGroup, 1, ...kernel], values } });
    return { layer: conv1d("layer", channels, { ...shared, kernel: kernel[0] as number }), rename: plain };
  });
}

const PART: Record<string, string> = {
  inputWeight: "input",
  recurrentWeight: "recurrent",
  bias: "bias",
  inputBias: "inputBias",
  recurrentBias: "recurrentBias",
};

function recurrentName(name: string): string {
  if (name === "x") return name;
  const direction = name.endsWith("Backward") ? "backward" : "forward";
  return `layer.${direction}.${PART[name.replace(/(Forward|Backward)$/, "")]}`;
}

for (const [fixture, cell, direction] of [
  ["lstm", lstm, "forward"],
  ["bilstm", lstm, "both"],
  ["gru", gru, "forward"],
  ["bigru", gru, "both"],
] as const) {
  suite(fixture, ({ attributes }) => ({
    layer: cell("layer", attributes.hidden as number, { direction }),
    rename: recurrentName,
  }));
}

const normName = (name: string) => ({ x: "x", scale: "layer.gain", shift: "layer.bias" })[name] ?? name;

suite("layer-norm", () => ({ layer: layerNorm("layer"), rename: normName }));

describe("batch-norm agrees with PyTorch float64", () => {
  const cases = referenceCases("batch-norm").map((reference) => [reference.name, reference] as const);
  const trained = cases.filter(([, { attributes }]) => attributes.training);

  test.each(trained)("%s: output and gradients", (_, { inputs, weights, outputs, upstream, gradients }) =>
    expectReference({
      values: renamed({ ...inputs, ...weights }, normName),
      gradients: renamed(gradients, normName),
      build: (x) => batchNorm("layer")(x("x")),
      expected: tensorOf(outputs, "output"),
      upstream,
    }),
  );

  test.each(trained)("%s: statistics of the batch", async (_, { inputs, weights, outputs }) => {
    const graph = new Graph("train");
    const x = tensorOf(inputs, "x");
    const y = batchNorm("layer")(graph.input("x", x.dims));
    graph.output("y", y);
    for (const { name, batch } of graph.statistics.values()) graph.output(name, batch as Node);
    const session = await nodeRuntime().open(encodeModel(graph.model()));
    const result = await session.run({
      x: toTensor(x),
      "layer.gain": toTensor(tensorOf(weights, "scale")),
      "layer.bias": toTensor(tensorOf(weights, "shift")),
    });
    // The outputs carry the names of the statistics.
    expectClose(floats(result["layer.mean"]), tensorOf(outputs, "batchMean").values, 1e-6, "mean");
    expectClose(floats(result["layer.variance"]), tensorOf(outputs, "batchVariance").values, 1e-6, "variance");
  });

  test.each(cases.filter(([, { attributes }]) => !attributes.training))(
    "%s",
    async (_, { inputs, weights, outputs }) => {
      const x = tensorOf(inputs, "x");
      const values = (tensor: ReferenceTensor) => Float32Array.from(tensor.values);
      const graph = new Graph(
        "infer",
        new Map([
          ["layer.gain", values(tensorOf(weights, "scale"))],
          ["layer.bias", values(tensorOf(weights, "shift"))],
          ["layer.mean", values(tensorOf(inputs, "mean"))],
          ["layer.variance", values(tensorOf(inputs, "variance"))],
        ]),
      );
      graph.output("y", batchNorm("layer")(graph.input("x", [-1, ...x.dims.slice(1)])));
      const session = await nodeRuntime().open(encodeModel(graph.model()));
      const result = await session.run({ x: toTensor(x) });
      expectClose(floats(result.y), tensorOf(outputs, "output").values, 1e-5, "output");
    },
  );
});

describe("attention agrees with PyTorch float64", () => {
  const name = (given: string) => {
    const [, part, kind] = /^(query|key|value|output)(Weight|Bias)$/.exec(given) ?? [];
    return part && kind ? `layer.${part}.${kind.toLowerCase()}` : given;
  };
  test.each(referenceCases("attention").map((reference) => [reference.name, reference] as const))(
    "%s",
    (_, { inputs, weights, outputs, upstream, gradients, attributes }) => {
      const { mask, ...values } = inputs;
      const dim = tensorOf(inputs, "query").dims[2] as number;
      const attend = multiHeadAttention("layer", dim, { heads: attributes.heads as number });
      return expectReference({
        values: renamed({ ...values, ...weights }, name),
        gradients: renamed(gradients, name),
        build: (x, graph) =>
          attend(
            x("query"),
            attributes.self ? x("query") : x("memory"),
            mask && graph.constant(Float32Array.from(mask.values), mask.dims),
          ),
        expected: tensorOf(outputs, "output"),
        upstream,
      });
    },
  );

  test("a row whose keys are all masked gives finite values", async () => {
    const graph = new Graph("train");
    const attend = multiHeadAttention("layer", 4, { heads: 2 });
    const x = graph.input("x", [1, 3, 4]);
    graph.output("y", attend(x, x, graph.constant(new Float32Array(3), [1, 3])));
    const session = await nodeRuntime().open(encodeModel(graph.model()));
    const feeds: Record<string, ReturnType<typeof float32>> = {};
    for (const { name: key, dims } of graph.model().inputs) {
      feeds[key] = float32(new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.5), dims);
    }
    const y = floats((await session.run(feeds)).y);
    expect(y.every(Number.isFinite)).toBe(true);
  });
});
