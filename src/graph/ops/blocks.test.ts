import { expect, test } from "vitest";
import { random } from "../../core/random.ts";
import { float32, floats } from "../../core/tensor.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { findChannelBlock } from "../channel-block.ts";
import { differentiate } from "../differentiate.ts";
import { Graph, type Node } from "../graph.ts";
import { conv2d } from "../layers/convolutional.ts";
import { batchNorm } from "../layers/normalizing.ts";
import { encodeModel } from "../onnx-write.ts";
import { relu } from "./activation.ts";
import { add, mean, mul } from "./arithmetic.ts";
import { convolve } from "./convolution.ts";
import { averagePool, maxPool } from "./pooling.ts";
import { slice } from "./reshape.ts";

const runtime = nodeRuntime();
const block = await findChannelBlock(runtime);
const all = [0, 1, 2, 3];
const pool = (kernel: number, stride: number, pad = 0) => ({
  kernel: [kernel, kernel] as const,
  stride: [stride, stride] as const,
  pads: [pad, pad, pad, pad] as const,
});
const conv = (name: string, channels: number, bias = false) => conv2d(name, channels, { kernel: 3, bias });

/** Loss and gradients of a network, with random weights that depend on names and shapes alone. */
async function gradients(channelBlock: number, shape: readonly number[], network: (x: Node) => Node) {
  const graph = new Graph("train", undefined, { channelBlock });
  const y = network(graph.input("x", shape));
  const loss = mean(mul(y, mul(y, y)), all);
  for (const [name, node] of differentiate(graph, loss).dense) graph.output(`gradient ${name}`, node);
  graph.output("loss", loss);
  const model = graph.model();
  const dice = random(1);
  const feeds = Object.fromEntries(
    model.inputs.map(({ name, dims }) => {
      const values = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => dice.uniform(-1, 1));
      return [name, float32(values, dims)];
    }),
  );
  const session = await runtime.open(encodeModel(model), { optimization: "basic" });
  const results = await session.run(feeds);
  await session.release();
  return { results, operators: model.nodes.map(({ op }) => op) };
}

const networks: Record<string, { shape: readonly number[]; network: (x: Node) => Node }> = {
  "convolutions, batch norm, rectifier and pooling": {
    shape: [2, 1, 12, 8],
    network: (x) => {
      const first = relu(batchNorm("n1")(conv("c1", 16)(x)));
      const second = maxPool(relu(batchNorm("n2")(conv("c2", 32)(first))), pool(2, 2));
      return relu(conv("c3", 16, true)(second));
    },
  },
  "pooling before the rectifier, sizes that leave rows and columns over": {
    shape: [2, 3, 13, 11],
    network: (x) => relu(maxPool(batchNorm("n2")(conv("c2", 16)(relu(conv("c1", 16, true)(x)))), pool(2, 2))),
  },
  "tiles of three, and windows that overlap": {
    shape: [2, 16, 10, 13],
    network: (x) => maxPool(conv("c2", 16)(maxPool(conv("c1", 32)(x), pool(3, 3))), pool(3, 2, 1)),
  },
  "a residual connection, and layers that know no blocks": {
    shape: [2, 16, 6, 8],
    network: (x) => {
      const inner = batchNorm("n1")(conv("c1", 16)(x));
      const sum = add(conv("c2", 16)(relu(inner)), inner);
      return averagePool(slice(sum, 1, 1, 15), pool(2, 2));
    },
  },
  "a batch of whole blocks": { shape: [16, 16, 6, 5], network: (x) => conv("c2", 32)(relu(conv("c1", 16)(x))) },
};

for (const [name, { shape, network }] of Object.entries(networks)) {
  test.skipIf(block === 0)(`channels in blocks or plain, loss and gradients are the same: ${name}`, async () => {
    const [plain, blocked] = [await gradients(0, shape, network), await gradients(block, shape, network)];
    expect(blocked.operators).toContain("ReorderInput");
    expect(plain.operators).not.toContain("ReorderInput");
    expect(Object.keys(blocked.results)).toEqual(Object.keys(plain.results));
    for (const [result, tensor] of Object.entries(plain.results)) {
      const values = floats(tensor);
      const size = Math.max(...values.map(Math.abs));
      for (const [at, value] of floats(blocked.results[result]).entries()) {
        expect(Math.abs(value - (values[at] as number)), result).toBeLessThan(1e-5 * size);
      }
    }
  });
}

test.skipIf(block === 0)("between layers values stay in blocks: only the ends are put back in order", async () => {
  const graph = new Graph("train", undefined, { channelBlock: block });
  const first = relu(batchNorm("n1")(conv("c1", 32)(graph.input("x", [2, 32, 8, 8]))));
  graph.output("y", maxPool(relu(batchNorm("n2")(conv("c2", 32)(first))), pool(2, 2)));
  const operators = graph.model().nodes.map(({ op }) => op);
  expect(operators.filter((op) => op === "ReorderInput")).toHaveLength(1);
  expect(operators.filter((op) => op === "ReorderOutput")).toHaveLength(1);
});

test.skipIf(block === 0)("equal maxima of a tile share its gradient evenly", async () => {
  const graph = new Graph("train", undefined, { channelBlock: block });
  const [weight, offset] = [new Float32Array(block * block), graph.parameter("offset", [1, block, 2, 4], () => {})];
  for (let channel = 0; channel < block; channel++) weight[channel * block + channel] = 1;
  // A convolution that changes nothing brings the values into blocks.
  const middle = { kernel: [1, 2], stride: [1, 1], pads: [0, 0, 0, 1], groups: 1 } as const;
  const kernel = new Float32Array(2 * block * block);
  for (const [at, value] of weight.entries()) kernel[2 * at] = value;
  const x = convolve(offset, graph.constant(kernel, [block, block, 1, 2]), null, middle);
  const loss = mean(maxPool(x, pool(2, 2)), all);
  graph.output("gradient", differentiate(graph, loss).dense.get("offset") as Node);
  const session = await runtime.open(encodeModel(graph.model()));
  // Two of four are equal in the first tile, all four in the second.
  const map = [5, 1, 2, 2, 0, 5, 2, 2];
  const values = Float32Array.from({ length: 8 * block }, (_, at) => map[at % 8] as number);
  const { gradient } = await session.run({ offset: float32(values, [1, block, 2, 4]) });
  await session.release();
  const whole = 1 / (2 * block);
  const wanted = [0.5, 0, 0.25, 0.25, 0, 0.5, 0.25, 0.25].map((share) => share * whole);
  for (const [at, value] of [...floats(gradient)].entries()) expect(value).toBeCloseTo(wanted[at % 8] as number, 7);
});
