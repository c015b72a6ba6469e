import { expect, test } from "vitest";
import { checkGradients } from "../../../test/gradient-check.ts";
import { float32, floats } from "../../core/tensor.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { differentiate } from "../differentiate.ts";
import { Graph, type Node } from "../graph.ts";
import { zeros } from "../initialize.ts";
import { encodeModel } from "../onnx-write.ts";
import { mul, sum } from "./arithmetic.ts";
import { keepWhere, stopGradient } from "./select.ts";

test("keepWhere has the gradient that finite differences give", () =>
  checkGradients({
    inputs: { x: [3, 2, 4] },
    build: ({ x }, graph) => keepWhere(graph.constant(Float32Array.of(1, 0, 1), [3, 1, 1]), x as Node),
  }));

test("keepWhere puts zero where the mask is zero, even for NaN and infinity", async () => {
  const graph = new Graph("infer", new Map());
  const mask = graph.constant(Float32Array.of(1, 0, 0), [3]);
  graph.output("y", keepWhere(mask, graph.input("x", [3])));
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const { y } = await session.run({ x: float32(Float32Array.of(2, Number.NaN, Number.POSITIVE_INFINITY), [3]) });
  expect([...floats(y)]).toEqual([2, 0, 0]);
});

test("stopGradient passes the value on and holds the gradient back", async () => {
  const graph = new Graph("train");
  const x = graph.parameter("x", [2], zeros);
  // d/dx (x · stopped x) is x itself, not 2x.
  const { dense } = differentiate(graph, sum(mul(x, stopGradient(x)), [0]));
  graph.output("gradient", dense.get("x") as Node);
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const { gradient } = await session.run({ x: float32(Float32Array.of(3, -5), [2]) });
  expect([...floats(gradient)]).toEqual([3, -5]);
});
