import { expect, test } from "vitest";
import { checkGradients } from "../../../test/gradient-check.ts";
import { float32, floats } from "../../core/tensor.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { Graph, type Node } from "../graph.ts";
import { encodeModel } from "../onnx-write.ts";
import { DYNAMIC } from "../shape.ts";
import { endStates } from "./end-states.ts";

async function endsOf(values: readonly number[], mask: readonly number[] | null): Promise<number[]> {
  const graph = new Graph("infer", new Map());
  const x = graph.input("x", [DYNAMIC, 3, 2]);
  const given = mask ? graph.input("mask", [DYNAMIC, 3]) : undefined;
  graph.output("y", endStates(x, "both", given));
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const batch = values.length / 6;
  const feeds = { x: float32(Float32Array.from(values), [batch, 3, 2]) };
  const masked = mask ? { ...feeds, mask: float32(Float32Array.from(mask), [batch, 3]) } : feeds;
  return [...floats((await session.run(masked)).y)];
}

test("the end states are the forward half of the last step and the backward half of the first", async () => {
  expect(await endsOf([1, 10, 2, 20, 3, 30], null)).toEqual([3, 10]);
});

test("the last step is the one before the padding", async () => {
  const twice = [1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60];
  expect(await endsOf(twice, [1, 1, 0, 1, 1, 1])).toEqual([2, 10, 6, 40]);
});

test("endStates has the gradient that finite differences give", () =>
  checkGradients({
    inputs: { x: [2, 3, 4] },
    build: ({ x }, graph) => endStates(x as Node, "both", graph.constant(Float32Array.of(1, 0, 0, 1, 1, 1), [2, 3])),
  }));
