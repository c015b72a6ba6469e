import { describe, expect, test } from "vitest";
import {
  expectAgrees,
  expectLearns,
  type NetworkUnderTest,
  noise,
  oneHot,
  openInference,
} from "../../test/contracts/network.ts";
import { float32, floats } from "../core/tensor.ts";
import { Graph, type Node } from "../graph/graph.ts";
import { encodeModel } from "../graph/onnx-write.ts";
import { nodeRuntime } from "../platform/node/runtime.ts";
import { type MultiTaskHead, multiTaskHead } from "./multi-task.ts";

const ROWS = 4;
const head = multiTaskHead({
  tasks: {
    emotion: { kind: "classes", columns: 3 },
    affect: { kind: "values", columns: 2 },
    topics: { kind: "flags", columns: 2 },
  },
  hidden: 8,
  dropout: 0,
});

const network: NetworkUnderTest = {
  inputs: { x: noise(1, ROWS, 8) },
  targets: {
    "emotion wanted": oneHot(ROWS, 3),
    "emotion known": float32(Float32Array.of(1, 1, 0, 1), [ROWS, 1]),
    "affect wanted": float32(Float32Array.of(0.5, -0.5, Number.NaN, Number.NaN, 1, 0, -1, 0.3), [ROWS, 2]),
    "affect known": float32(Float32Array.of(1, 0, 1, 1), [ROWS, 1]),
    "topics wanted": float32(Float32Array.of(1, 1, 0, 1, 0, 0, 1, 0), [ROWS, 2]),
    "topics known": float32(Float32Array.of(1, 1, 1, 0), [ROWS, 1]),
  },
  outputs: (graph, batch) => head.outputs(graph.input("x", [batch, 8])),
  loss: (outputs, graph) => {
    const target = (name: string, columns: number) => ({
      wanted: graph.input(`${name} wanted`, [ROWS, columns]),
      known: graph.input(`${name} known`, [ROWS, 1]),
    });
    return head.loss(outputs, {
      emotion: target("emotion", 3),
      affect: target("affect", 2),
      topics: target("topics", 2),
    });
  },
};

/** The loss of given outputs and targets with the uncertainties at a given log variance. */
async function lossOf(
  tasks: MultiTaskHead,
  outputs: Readonly<Record<string, readonly number[]>>,
  targets: Readonly<Record<string, { readonly wanted: readonly number[]; readonly known: readonly number[] }>>,
  logVariance: number,
): Promise<number> {
  const graph = new Graph("train");
  const array = (values: readonly number[], rows: number): Node =>
    graph.constant(Float32Array.from(values), [rows, values.length / rows]);
  const built = tasks.loss(
    Object.fromEntries(
      Object.entries(outputs).map(([name, values]) => [name, array(values, targets[name]?.known.length ?? 1)]),
    ),
    Object.fromEntries(
      Object.entries(targets).map(([name, { wanted, known }]) => [
        name,
        { wanted: array(wanted, known.length), known: array(known, known.length) },
      ]),
    ),
  );
  graph.output("loss", built);
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const feeds = Object.fromEntries(
    [...graph.parameters.keys()].map((name) => [name, float32(Float32Array.of(logVariance), [1])]),
  );
  const { loss } = await session.run(feeds);
  await session.release();
  return floats(loss)[0] as number;
}

describe("multi-task head", () => {
  test("learns all tasks, their uncertainties included, from rows that lack some labels", () => expectLearns(network));

  test("the inference graph gives what the training graph gives, within 1e-4", async () => {
    const session = await openInference(network);
    await expectAgrees(network, session);
    await session.release();
  });

  test("the loss is that of Kendall et al., as computed by hand", async () => {
    const tasks = multiTaskHead({
      tasks: { emotion: { kind: "classes", columns: 2 }, valence: { kind: "values", columns: 1 } },
    });
    const targets = {
      emotion: { wanted: [1, 0, 0, 1], known: [1, 0] },
      valence: { wanted: [1, 5], known: [1, 1] },
    };
    const outputs = { emotion: [0, 0, 9, 9], valence: [0, 2] };
    const s = 0.6;
    // One known row of even odds costs ln 2; the squares 1 and 9 have the mean 5.
    const expected = Math.exp(-s) * Math.LN2 + s / 2 + (Math.exp(-s) / 2) * 5 + s / 2;
    expect(await lossOf(tasks, outputs, targets, s)).toBeCloseTo(expected, 5);
  });

  test("a task without a label in the batch adds nothing", async () => {
    const tasks = multiTaskHead({ tasks: { valence: { kind: "values", columns: 1 } } });
    const targets = { valence: { wanted: [Number.NaN, 3], known: [0, 0] } };
    expect(await lossOf(tasks, { valence: [1, 2] }, targets, 2)).toBe(0);
  });

  test("no task, and no target for any task, are refused", () => {
    expect(() => multiTaskHead({ tasks: {} })).toThrow("received no task");
    expect(() => head.loss({}, {})).toThrow("None of the tasks emotion, affect, topics has a target.");
  });
});
