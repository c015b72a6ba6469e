/**
 * What every network of a table is held to: it trains (every weight gets a gradient, a few tiny steps lower the loss,
 * twice the same from the same seed), and its inference graph gives what its training graph gives.
 */
import { expect } from "vitest";
import { random } from "../../src/core/random.ts";
import { elementCount, float32, floats, type Tensor } from "../../src/core/tensor.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { inferenceModel } from "../../src/graph/inference.ts";
import { adamW } from "../../src/graph/optimize/optimizer.ts";
import { createParameterStore, type ParameterStore } from "../../src/graph/optimize/store.ts";
import { DYNAMIC } from "../../src/graph/shape.ts";
import { openTrainingStep, trainingGraph } from "../../src/graph/training-step.ts";
import { nodeRuntime } from "../../src/platform/node/runtime.ts";
import { expectClose } from "../reference.ts";

export type Feeds = Readonly<Record<string, Tensor>>;

export interface NetworkUnderTest {
  /** Builds the network, inputs included, without dropout. `batch` is DYNAMIC in an inference graph. */
  readonly outputs: (graph: Graph, batch: number) => Readonly<Record<string, Node>>;
  /** The loss on these outputs, targets included. */
  readonly loss: (outputs: Readonly<Record<string, Node>>, graph: Graph) => Node;
  readonly inputs: Feeds;
  readonly targets: Feeds;
}

export const noise = (seed: number, ...dims: number[]): Tensor & { type: "float32" } => {
  const generator = random(seed);
  const data = Float32Array.from({ length: elementCount(dims) }, () => generator.normal());
  return float32(data, dims);
};

/** Row i has a 1 in column i mod `columns`. */
export const oneHot = (rows: number, columns: number): Tensor & { type: "float32" } =>
  float32(
    Float32Array.from({ length: rows * columns }, (_, at) =>
      at % columns === Math.floor(at / columns) % columns ? 1 : 0,
    ),
    [rows, columns],
  );

const batchOf = ({ inputs }: NetworkUnderTest): number => Object.values(inputs)[0]?.dims[0] as number;

function definition(network: NetworkUnderTest) {
  return (graph: Graph) => {
    const outputs = network.outputs(graph, batchOf(network));
    return { loss: network.loss(outputs, graph), outputs };
  };
}

/** Takes steps on the one batch. @returns losses before each step, and the store after the last */
async function train(network: NetworkUnderTest, steps: number, learningRate: number) {
  const define = definition(network);
  const { graph } = trainingGraph(define);
  const store = createParameterStore(graph, { optimizer: adamW({ weightDecay: 0 }), random: random(7) });
  const before = store.weights();
  const step = await openTrainingStep(nodeRuntime(), store, define, { threads: 1 });
  const losses: number[] = [];
  let outputs: Feeds = {};
  for (let index = 0; index < steps; index++) {
    const result = await step.run({ ...network.inputs, ...network.targets }, { learningRate });
    losses.push(result.loss);
    outputs = result.outputs;
  }
  await step.release();
  return { graph, store, before, losses, outputs };
}

/**
 * Fails unless a few steps lower the loss, move every weight, and are the same when taken again.
 *
 * @param unmoved names of parameters that get no gradient on this batch, and why is written where they are named
 */
export async function expectLearns(network: NetworkUnderTest, unmoved: RegExp = /^$/): Promise<void> {
  const steps = 6;
  const first = await train(network, steps, 0.003);
  for (const loss of first.losses) expect(loss).toSatisfy(Number.isFinite);
  expect(first.losses.at(-1)).toBeLessThan(first.losses[0] as number);
  const after = first.store.weights();
  for (const name of first.graph.parameters.keys()) {
    if (unmoved.test(name)) continue;
    const moved = after.get(name)?.some((value, index) => value !== first.before.get(name)?.[index]);
    expect(moved, `${name} moves`).toBe(true);
  }
  const second = await train(network, steps, 0.003);
  expect(second.losses).toEqual(first.losses);
  expect(second.store.weights()).toEqual(after);
}

/** Weights as initialized, and the statistics of this very batch as if they were the running ones. */
function weightsOfBatch(store: ParameterStore, graph: Graph): Map<string, Float32Array> {
  const weights = store.weights();
  for (const { name, initial, momentum } of graph.statistics.values()) {
    const kept = store.statistic(name);
    weights.set(
      name,
      kept.map((value) => (value - (1 - momentum) * initial) / momentum),
    );
  }
  return weights;
}

/** Outputs of the inference graph with freshly initialized weights, for any batch size. */
export async function openInference(network: NetworkUnderTest) {
  const { graph, store, outputs } = await train(network, 1, 0);
  const bytes = inferenceModel((infer) => network.outputs(infer, DYNAMIC), weightsOfBatch(store, graph));
  const session = await nodeRuntime().open(bytes, { threads: 1 });
  return { run: (feeds: Feeds) => session.run(feeds), trained: outputs, release: () => session.release() };
}

export type Inference = Awaited<ReturnType<typeof openInference>>;

/** Fails unless the inference graph gives the outputs of the training graph within 1e-4. */
export async function expectAgrees(network: NetworkUnderTest, session: Inference): Promise<void> {
  const inferred = await session.run(network.inputs);
  for (const [name, tensor] of Object.entries(session.trained)) {
    expect(inferred[name]?.dims, `shape of ${name}`).toEqual(tensor.dims);
    expectClose(floats(inferred[name]), floats(tensor), 1e-4, name);
  }
}
