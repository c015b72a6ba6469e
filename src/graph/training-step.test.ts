import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/reference.ts";
import type { Runtime } from "../core/ports.ts";
import { random } from "../core/random.ts";
import { float32, floats, type Tensor } from "../core/tensor.ts";
import { nodeRuntime } from "../platform/node/runtime.ts";
import { sequential } from "./layers/compose.ts";
import { conv2d } from "./layers/convolutional.ts";
import { embedding, linear } from "./layers/dense.ts";
import { batchNorm } from "./layers/normalizing.ts";
import { globalAveragePool, maxPool2d, meanOverSteps } from "./layers/pooling.ts";
import { gru, lstm } from "./layers/recurrent.ts";
import { crossEntropy, meanSquaredError } from "./losses.ts";
import { dropout, relu } from "./ops/activation.ts";
import { add } from "./ops/arithmetic.ts";
import { reshape } from "./ops/reshape.ts";
import { adamW, sgd } from "./optimize/optimizer.ts";
import { createParameterStore } from "./optimize/store.ts";
import { openTrainingStep, type TrainingDefinition, trainingGraph } from "./training-step.ts";

const BATCH = 16;
const CLASSES = 3;

/** A convolution network on 12×12 pictures: every kind of parallel operator. */
const pictures: TrainingDefinition = (graph) => {
  const network = sequential(
    conv2d("a", 8, { kernel: 3, bias: false }),
    batchNorm("an"),
    maxPool2d(2),
    relu,
    conv2d("b", 16, { kernel: 3, stride: 2 }),
    batchNorm("bn"),
    relu,
    globalAveragePool,
    (x) => dropout(x, 0.1),
    linear("out", CLASSES),
  );
  const logits = network(graph.input("x", [BATCH, 1, 12, 12]));
  return { loss: crossEntropy(logits, graph.input("y", [BATCH, CLASSES])), outputs: { logits } };
};

/** Words 0 to 9 mean class 0, 10 to 19 class 1, 20 to 29 class 2; the majority of a sentence decides. */
const words =
  (cell: typeof lstm): TrainingDefinition =>
  (graph) => {
    const read = embedding("words", 30, 8)(graph.input("x", [BATCH, 6], "int32"));
    const logits = linear("out", CLASSES)(meanOverSteps(cell("cell", 8, { direction: "both" })(read)));
    return { loss: crossEntropy(logits, graph.input("y", [BATCH, CLASSES])), outputs: { logits } };
  };

type Feeds = Record<string, Tensor>;

function oneHot(labels: Int32Array): Tensor {
  const out = new Float32Array(BATCH * CLASSES);
  for (const [row, label] of labels.entries()) out[row * CLASSES + label] = 1;
  return float32(out, [BATCH, CLASSES]);
}

/** Stripes: across, along or diagonal, with noise. */
function stripes(seed: number): Feeds {
  const generator = random(seed);
  const x = new Float32Array(BATCH * 144);
  const labels = Int32Array.from({ length: BATCH }, () => generator.integer(CLASSES));
  for (const [item, label] of labels.entries()) {
    const phase = generator.uniform(0, 6);
    for (let row = 0; row < 12; row++) {
      for (let column = 0; column < 12; column++) {
        const along = [row, column, (row + column) / Math.SQRT2][label] as number;
        x[item * 144 + row * 12 + column] = Math.sin(1.6 * along + phase) + 0.3 * generator.normal();
      }
    }
  }
  return { x: float32(x, [BATCH, 1, 12, 12]), y: oneHot(labels) };
}

function sentences(seed: number): Feeds {
  const generator = random(seed);
  const ids = new Int32Array(BATCH * 6);
  const labels = Int32Array.from({ length: BATCH }, () => generator.integer(CLASSES));
  for (const [item, label] of labels.entries()) {
    for (let word = 0; word < 6; word++) {
      const group = word < 4 ? label : generator.integer(CLASSES);
      ids[item * 6 + word] = 10 * group + generator.integer(10);
    }
  }
  return { x: { type: "int32", dims: [BATCH, 6], data: ids }, y: oneHot(labels) };
}

interface Training {
  readonly define: TrainingDefinition;
  readonly batch: (seed: number) => Feeds;
  readonly steps: number;
  readonly learningRate?: number;
  readonly runtime?: Runtime;
}

async function train({ define, batch, steps, learningRate = 0.01, runtime = nodeRuntime() }: Training) {
  const { graph } = trainingGraph(define);
  const store = createParameterStore(graph, { optimizer: adamW(), random: random(7) });
  const step = await openTrainingStep(runtime, store, define, { threads: 2, seed: 3 });
  const losses: number[] = [];
  for (let index = 0; index < steps; index++) {
    const { loss } = await step.run(batch(index), { learningRate, clipNorm: 5 });
    losses.push(loss);
  }
  await step.release();
  return { losses, store };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe.each([
  ["a convolution network", pictures, stripes, 60],
  ["an LSTM over an embedding", words(lstm), sentences, 80],
  ["a GRU over an embedding", words(gru), sentences, 80],
] as const)("%s", (_, define, batch, steps) => {
  test("learns a task it can learn", async () => {
    const { losses } = await train({ define, batch, steps });
    // Guessing costs log 3 = 1.0986.
    expect(mean(losses.slice(0, 3))).toBeGreaterThan(0.9);
    expect(mean(losses.slice(-10))).toBeLessThan(0.4);
  });

  test("has the same weights bit for bit after the same seed, with two threads", async () => {
    const [first, second] = [await train({ define, batch, steps: 12 }), await train({ define, batch, steps: 12 })];
    expect(second.losses).toEqual(first.losses);
    expect(second.store.state()).toEqual(first.store.state());
  });
});

/** A runtime that, like onnxruntime-web, never writes into preallocated outputs. */
function allocating(runtime: Runtime): Runtime {
  return {
    name: `allocating ${runtime.name}`,
    async open(model, options) {
      const session = await runtime.open(model, options);
      const fresh = (into: Readonly<Record<string, Tensor | null>>) =>
        Object.fromEntries(Object.keys(into).map((name) => [name, null]));
      return { ...session, run: (feeds, into) => session.run(feeds, into && fresh(into)) };
    },
  };
}

test("a runtime that ignores preallocated outputs trains the same weights", async () => {
  const setting = { define: words(lstm), batch: sentences, steps: 5 };
  const direct = await train(setting);
  const copied = await train({ ...setting, runtime: allocating(nodeRuntime()) });
  expect(copied.store.state()).toEqual(direct.store.state());
});

test("one step of plain descent moves a linear layer as computed by hand", async () => {
  const define: TrainingDefinition = (graph) => ({
    loss: meanSquaredError(
      linear("l", 1, { initialize: (data) => data.fill(1) })(graph.input("x", [1, 2])),
      graph.input("y", [1, 1]),
    ),
  });
  const store = createParameterStore(trainingGraph(define).graph, {
    optimizer: sgd({ momentum: 0 }),
    random: random(1),
  });
  const step = await openTrainingStep(nodeRuntime(), store, define);
  // y = 2 + 3 = 5, the error is 4: gradient 2 · 4 · x.
  const feeds = { x: float32(Float32Array.of(2, 3), [1, 2]), y: float32(Float32Array.of(1), [1, 1]) };
  const { loss, gradientNorm } = await step.run(feeds, { learningRate: 0.01 });
  expect(loss).toBe(16);
  expect(gradientNorm).toBeCloseTo(Math.hypot(16, 24, 8), 4);
  expectClose(floats(store.tensor("l.weight")), [1 - 0.16, 1 - 0.24], 1e-6, "weight");
  expectClose(floats(store.tensor("l.bias")), [-0.08], 1e-6, "bias");
});

test("running statistics are the moving average of the batches' statistics", async () => {
  const define: TrainingDefinition = (graph) => {
    const y = batchNorm("n", { momentum: 0.25 })(graph.input("x", [4, 2]));
    return { loss: meanSquaredError(y, graph.input("t", [4, 2])) };
  };
  const store = createParameterStore(trainingGraph(define).graph, { optimizer: sgd(), random: random(1) });
  const step = await openTrainingStep(nodeRuntime(), store, define);
  const x = Float32Array.of(1, 10, 2, 10, 3, 14, 6, 14);
  const feeds = { x: float32(x, [4, 2]), t: float32(new Float32Array(8), [4, 2]) };
  // Means 3 and 12, biased variances 3.5 and 4; the running values start at 0 and 1.
  await step.run(feeds, { learningRate: 0.1 });
  expectClose(store.statistic("n.mean"), [0.75, 3], 1e-6, "mean");
  expectClose(store.statistic("n.variance"), [0.75 + 0.875, 0.75 + 1], 1e-6, "variance");
  await step.run(feeds, { learningRate: 0.1 });
  expectClose(store.statistic("n.mean"), [0.75 * 0.75 + 0.75, 5.25], 1e-6, "mean after two");
});

test("a layer applied twice shares its weights and gets the sum of both gradients", async () => {
  const define: TrainingDefinition = (graph) => {
    const layer = linear("l", 2, { bias: false, initialize: (data) => data.set([1, 0, 0, 1]) });
    const x = graph.input("x", [1, 2]);
    return { loss: meanSquaredError(add(layer(x), layer(x)), graph.input("y", [1, 2])) };
  };
  const store = createParameterStore(trainingGraph(define).graph, {
    optimizer: sgd({ momentum: 0 }),
    random: random(1),
  });
  const step = await openTrainingStep(nodeRuntime(), store, define);
  await step.run(
    { x: float32(Float32Array.of(1, 2), [1, 2]), y: float32(Float32Array.of(0, 0), [1, 2]) },
    { learningRate: 0.1 },
  );
  // y = 2x; dL/dy = y (mean of two squares), so dL/dW = 2 · x ⊗ y = 4 · x ⊗ x.
  expectClose(floats(store.tensor("l.weight")), [1 - 0.4, -0.8, -0.8, 1 - 1.6], 1e-6, "weight");
});

test("a sparse table of which only some look-ups reach the loss is refused", async () => {
  const define: TrainingDefinition = (graph) => {
    const table = embedding("words", 5, 4);
    const used = table(graph.input("x", [2, 3], "int32"));
    table(graph.input("other", [2, 3], "int32"));
    return { loss: crossEntropy(linear("l", 2)(meanOverSteps(used)), graph.input("y", [2, 2])) };
  };
  const store = createParameterStore(trainingGraph(define).graph, { optimizer: sgd(), random: random(1) });
  await expect(openTrainingStep(nodeRuntime(), store, define)).rejects.toThrow(
    "The table words.weight is looked up 2 times, but 1 of them reach the loss.",
  );
});

test("a sparse table that is looked up by computed ids is refused", async () => {
  const define: TrainingDefinition = (graph) => {
    const ids = reshape(graph.input("x", [6], "int32"), [2, 3]);
    const read = embedding("words", 5, 4)(ids);
    return { loss: crossEntropy(linear("l", 2)(meanOverSteps(read)), graph.input("y", [2, 2])) };
  };
  const store = createParameterStore(trainingGraph(define).graph, { optimizer: sgd(), random: random(1) });
  await expect(openTrainingStep(nodeRuntime(), store, define)).rejects.toThrow(
    "The ids that are looked up in words.weight are computed in the graph; a sparse table needs them as an input.",
  );
});

test.each([true, false])(
  "a batch that is not finite changes no state, running statistics included (held: %s)",
  async (hold) => {
    const store = createParameterStore(trainingGraph(pictures).graph, {
      optimizer: adamW(),
      random: random(1),
      holds: true,
    });
    const step = await openTrainingStep(nodeRuntime(), store, pictures);
    const feeds = stripes(1);
    const before = store.state();
    const broken = {
      ...feeds,
      x: float32(
        floats(feeds.x).map(() => Number.NaN),
        [BATCH, 1, 12, 12],
      ),
    };
    expect((await step.run(broken, { learningRate: 0.1, hold })).loss).toBeNaN();
    expect(store.state()).toEqual(before);
  },
);

test("half batches whose gradients are held give the step of the whole batch", async () => {
  const define =
    (rows: number): TrainingDefinition =>
    (graph) => {
      const read = embedding("words", 30, 8)(graph.input("x", [rows, 6], "int32"));
      const logits = linear("out", CLASSES)(relu(linear("hidden", 8)(meanOverSteps(read))));
      return { loss: crossEntropy(logits, graph.input("y", [rows, CLASSES])) };
    };
  const feedsOf = (index: number) => sentences(index) as { x: Tensor; y: Tensor };
  const half = ({ x, y }: { x: Tensor; y: Tensor }, part: number): Feeds => {
    const rows = BATCH / 2;
    const ids = (x.data as Int32Array).slice(part * rows * 6, (part + 1) * rows * 6);
    const targets = floats(y).slice(part * rows * CLASSES, (part + 1) * rows * CLASSES);
    return { x: { type: "int32", dims: [rows, 6], data: ids }, y: float32(targets, [rows, CLASSES]) };
  };
  const options = { learningRate: 0.01, clipNorm: 1, penalty: { l2: 0.01 } };
  const make = (rows: number) =>
    createParameterStore(trainingGraph(define(rows)).graph, { optimizer: adamW(), random: random(7), holds: true });
  const [whole, halves] = [make(BATCH), make(BATCH / 2)];
  const big = await openTrainingStep(nodeRuntime(), whole, define(BATCH));
  const small = await openTrainingStep(nodeRuntime(), halves, define(BATCH / 2));
  for (let index = 0; index < 5; index++) {
    const feeds = feedsOf(index);
    const one = await big.run(feeds, options);
    const first = await small.run(half(feeds, 0), { ...options, hold: true });
    const second = await small.run(half(feeds, 1), options);
    expect(second.gradientNorm).toBeCloseTo(one.gradientNorm, 5);
    expect((first.loss + second.loss) / 2).toBeCloseTo(one.loss, 5);
  }
  for (const [name, values] of whole.weights()) expectClose(halves.weights().get(name), values, 1e-5, name);
});

test("a frozen layer gets no gradient and does not move", async () => {
  const define: TrainingDefinition = (graph) => {
    const hidden = relu(linear("encoder", 4)(graph.input("x", [2, 3])));
    return { loss: crossEntropy(linear("head", 2)(hidden), graph.input("y", [2, 2])) };
  };
  const store = createParameterStore(trainingGraph(define).graph, {
    optimizer: adamW(),
    random: random(1),
    rateOf: (name) => (name.startsWith("encoder") ? 0 : 1),
  });
  const before = store.weights();
  const step = await openTrainingStep(nodeRuntime(), store, define);
  const x = float32(Float32Array.of(1, 2, 3, -1, 0, 1), [2, 3]);
  await step.run({ x, y: float32(Float32Array.of(1, 0, 0, 1), [2, 2]) }, { learningRate: 0.1 });
  for (const [name, values] of store.weights()) {
    if (name.startsWith("encoder")) expect(values).toEqual(before.get(name));
    else expect(values).not.toEqual(before.get(name));
  }
});
