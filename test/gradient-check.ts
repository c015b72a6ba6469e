/**
 * Finite differences: does the backward pass that the graph builder emits agree with what the forward pass does?
 *
 * The loss is sum(y · upstream) with fixed random `upstream`. The differences of y are weighted and summed here in
 * double precision, so that float32 costs little: a four-point stencil is then good to about 1e-4.
 */
import { expect } from "vitest";
import { type Random, random, shuffle } from "../src/core/random.ts";
import { float32, floats, type Tensor } from "../src/core/tensor.ts";
import { findChannelBlock } from "../src/graph/channel-block.ts";
import { differentiate } from "../src/graph/differentiate.ts";
import { Graph, type Node } from "../src/graph/graph.ts";
import { zeros } from "../src/graph/initialize.ts";
import { encodeModel } from "../src/graph/onnx-write.ts";
import { mul, sum } from "../src/graph/ops/arithmetic.ts";
import { type Shape, sizeOf } from "../src/graph/shape.ts";
import { nodeRuntime } from "../src/platform/node/runtime.ts";

/** Makes the values of an input. */
export type Fill = (size: number, generator: Random) => Float32Array;

export const gaussian: Fill = (size, generator) => Float32Array.from({ length: size }, () => generator.normal());

/** In [0.5, 2]: for logarithms, roots and divisors. */
export const positive: Fill = (size, generator) => Float32Array.from({ length: size }, () => generator.uniform(0.5, 2));

/** Shuffled, at least 0.1 apart and 0.05 away from zero: no kink of max or relu lies within reach of the stencil. */
export const apart: Fill = (size, generator) =>
  shuffle(
    Float32Array.from({ length: size }, (_, i) => (i - Math.floor(size / 2) + 0.5) * 0.1),
    generator,
  );

export interface GradientCheck {
  /** Shape and values of each value that gets a gradient. */
  readonly inputs: Readonly<Record<string, Shape | { readonly shape: Shape; readonly fill: Fill }>>;
  /** Builds the operator; `values` has a node per input. */
  readonly build: (values: Record<string, Node>, graph: Graph) => Node;
  /** Difference allowed, absolute and relative to the gradient. Default 2e-3. */
  readonly tolerance?: number;
  /** Coordinates tried per input. Default 12. */
  readonly samples?: number;
  readonly seed?: number;
}

const STEP = 0.01;
const runtime = nodeRuntime();

/** Fails unless the emitted gradient of every input agrees with central differences of the forward pass. */
export async function checkGradients(check: GradientCheck): Promise<void> {
  const { build, tolerance = 2e-3, samples = 12 } = check;
  const generator = random(check.seed ?? 1);
  const graph = new Graph("train", undefined, { channelBlock: await findChannelBlock(runtime) });
  const values: Record<string, Node> = {};
  const feeds: Record<string, Tensor & { type: "float32" }> = {};
  for (const [name, given] of Object.entries(check.inputs)) {
    const { shape, fill } = "shape" in given ? given : { shape: given, fill: gaussian };
    values[name] = graph.parameter(name, shape, zeros);
    feeds[name] = float32(fill(sizeOf(shape), generator), shape);
  }
  const y = build(values, graph);
  const upstream = gaussian(sizeOf(y.shape), generator);
  const weighted = mul(y, graph.constant(upstream, y.shape));
  const loss = sum(
    weighted,
    y.shape.map((_, axis) => axis),
  );
  const { dense } = differentiate(graph, loss);
  graph.output("y", y);
  for (const [name, gradient] of dense) {
    expect(gradient.shape, `shape of the gradient of ${name}`).toEqual(feeds[name]?.dims);
    graph.output(`gradient of ${name}`, gradient);
  }
  const session = await runtime.open(encodeModel(graph.model()));
  const result = await session.run(feeds);

  /** Loss at an input with one value moved, relative to the loss where it was. */
  const base = floats(result.y);
  async function moved(name: string, index: number, by: number): Promise<number> {
    const { dims, data } = feeds[name] as Tensor & { type: "float32" };
    const copy = data.slice();
    copy[index] = (data[index] as number) + by;
    const there = floats((await session.run({ ...feeds, [name]: float32(copy, dims) }, { y: null })).y);
    let total = 0;
    for (let i = 0; i < there.length; i++) {
      total += ((there[i] as number) - (base[i] as number)) * (upstream[i] as number);
    }
    return total;
  }

  for (const name of Object.keys(check.inputs)) {
    const gradient = floats(result[`gradient of ${name}`], `gradient of ${name}`);
    const order = shuffle(
      Array.from({ length: gradient.length }, (_, i) => i),
      generator,
    );
    for (const index of order.slice(0, samples)) {
      const near = (await moved(name, index, STEP)) - (await moved(name, index, -STEP));
      const far = (await moved(name, index, 2 * STEP)) - (await moved(name, index, -2 * STEP));
      const expected = (8 * near - far) / (12 * STEP);
      const got = gradient[index] as number;
      const allowed = tolerance * (1 + Math.abs(expected));
      expect(
        Math.abs(got - expected),
        `gradient of ${name}[${index}]: got ${got}, differences give ${expected}`,
      ).toBeLessThan(allowed);
    }
  }
  await session.release();
}
