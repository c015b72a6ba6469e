import { describe, expect, test } from "vitest";
import { apart, checkGradients } from "../../../test/gradient-check.ts";
import { float32, floats } from "../../core/tensor.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { Graph, type Node } from "../graph.ts";
import { encodeModel } from "../onnx-write.ts";
import { attentionPool, maxOverSteps, meanOverSteps } from "./pooling.ts";

type Pool = (x: Node, mask?: Node) => Node;

/** Weights of an attention pooling that gives all steps the same score. */
const EVEN = new Map([
  ["p.hidden.weight", new Float32Array(2)],
  ["p.hidden.bias", new Float32Array(2)],
  ["p.score.weight", new Float32Array(2)],
  ["p.score.bias", new Float32Array(1)],
]);

/** What a pooling makes of sequences of three steps of one value each. */
async function pooled(pool: Pool, values: readonly number[], mask?: readonly number[]): Promise<number[]> {
  const batch = values.length / 3;
  const graph = new Graph("infer", EVEN);
  const x = graph.input("x", [batch, 3, 1]);
  graph.output("y", pool(x, mask && graph.constant(Float32Array.from(mask), [batch, 3])));
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const { y } = await session.run({ x: float32(Float32Array.from(values), [batch, 3, 1]) });
  await session.release();
  return [...floats(y)];
}

describe("pooling over steps", () => {
  const two = [1, 2, 9, -4, -6, -1];
  const mask = [1, 1, 0, 1, 1, 0];

  test("takes the mean of all steps, or of those that the mask leaves", async () => {
    expect(await pooled(meanOverSteps, two)).toEqual([4, Math.fround(-11 / 3)]);
    expect(await pooled(meanOverSteps, two, mask)).toEqual([1.5, -5]);
  });

  test("takes the largest value, never that of a masked step", async () => {
    expect(await pooled(maxOverSteps, two)).toEqual([9, -1]);
    expect(await pooled(maxOverSteps, two, mask)).toEqual([2, -4]);
  });

  test("weighs by attention, which gives a masked step nothing", async () => {
    const pool = attentionPool("p", { hidden: 2, deviation: true });
    const [first = 0, second = 0] = await pooled(attentionPool("p", { hidden: 2 }), two, mask);
    expect(first).toBeCloseTo(1.5, 6);
    expect(second).toBeCloseTo(-5, 6);
    // Mean and deviation of 1 and 2; 1e-4 keeps the root's slope finite.
    const [mean = 0, deviation = 0] = await pooled(pool, [1, 2, 9], [1, 1, 0]);
    expect(mean).toBeCloseTo(1.5, 6);
    expect(deviation).toBeCloseTo(Math.sqrt(0.25 + 1e-4), 5);
  });

  test.each<[string, Pool]>([
    ["mean", meanOverSteps],
    ["max", maxOverSteps],
    ["attention", attentionPool("p", { hidden: 2, deviation: true })],
  ])("gives finite values for a sequence without any step: %s", async (_, pool) => {
    expect((await pooled(pool, [1, 2, 3], [0, 0, 0])).every(Number.isFinite)).toBe(true);
  });

  test.each<[string, Pool]>([
    ["mean", meanOverSteps],
    ["max", maxOverSteps],
  ])("has the gradient that finite differences give, with a mask: %s", (_, pool) =>
    checkGradients({
      inputs: { x: { shape: [2, 3, 4], fill: apart } },
      build: ({ x }, graph) => pool(x as Node, graph.constant(Float32Array.of(1, 1, 0, 0, 1, 0), [2, 3])),
      samples: 24,
    }),
  );
});
