/** Comparison of a network with stored reference values (scripts/reference/make.py). */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { float32, floats, type Tensor } from "../src/core/tensor.ts";
import { differentiate } from "../src/graph/differentiate.ts";
import { Graph, type Node } from "../src/graph/graph.ts";
import { zeros } from "../src/graph/initialize.ts";
import { encodeModel } from "../src/graph/onnx-write.ts";
import { mul, sum } from "../src/graph/ops/arithmetic.ts";
import { nodeRuntime } from "../src/platform/node/runtime.ts";

export interface ReferenceTensor {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

type Tensors = Readonly<Record<string, ReferenceTensor>>;

export interface ReferenceCase {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: Tensors;
  readonly weights: Tensors;
  readonly outputs: Tensors;
  readonly upstream: ReferenceTensor;
  readonly gradients: Tensors;
}

export function referenceCases(name: string): readonly ReferenceCase[] {
  const url = new URL(`./fixtures/reference/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { cases: ReferenceCase[] }).cases;
}

/** A tensor of the case, or an error that names it. */
export function tensorOf(tensors: Tensors, name: string): ReferenceTensor {
  const found = tensors[name];
  if (found === undefined) throw new Error(`The reference case has no ${name}.`);
  return found;
}

export const toTensor = ({ dims, values }: ReferenceTensor): Tensor => float32(Float32Array.from(values), dims);

/** Fails unless all values agree within `tolerance` of the largest expected one (or of 1, if that is larger). */
export function expectClose(
  got: Float32Array | undefined,
  expected: readonly number[] | Float32Array,
  tolerance: number,
  what: string,
): void {
  expect(got?.length, `size of ${what}`).toBe(expected.length);
  let largest = 1;
  for (const value of expected) largest = Math.max(largest, Math.abs(value));
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((got?.[i] as number) - (expected[i] as number));
    expect(difference, `${what}[${i}]: got ${got?.[i]}, expected ${expected[i]}`).toBeLessThanOrEqual(
      tolerance * largest,
    );
  }
}

export interface ReferenceRun {
  /** The value of each parameter that the definition makes, by name; inputs that get gradients are among them. */
  readonly values: Tensors;
  /** Expected gradients by parameter name. */
  readonly gradients: Tensors;
  /** Builds the network; `x(name)` is an input that gets a gradient, made on first use. */
  readonly build: (x: (name: string) => Node, graph: Graph) => Node;
  readonly expected: ReferenceTensor;
  readonly upstream: ReferenceTensor;
}

/** Float32 against float64 over sums of at most a few hundred terms. */
const TOLERANCE = 1e-5;

/** Runs a network in training mode and compares its output and all gradients with the reference. */
export async function expectReference(run: ReferenceRun): Promise<void> {
  const graph = new Graph("train");
  const made = new Map<string, Node>();
  const y = run.build((name) => {
    const known = made.get(name);
    if (known) return known;
    const node = graph.parameter(name, tensorOf(run.values, name).dims, zeros);
    made.set(name, node);
    return node;
  }, graph);
  expect(y.shape).toEqual(run.expected.dims);
  const weighted = mul(y, graph.constant(Float32Array.from(run.upstream.values), run.upstream.dims));
  const loss = sum(
    weighted,
    y.shape.map((_, axis) => axis),
  );
  const { dense } = differentiate(graph, loss);
  graph.output("output", y);
  for (const [name, gradient] of dense) graph.output(`gradient of ${name}`, gradient);
  expect([...graph.parameters.keys()].toSorted()).toEqual(Object.keys(run.values).toSorted());
  const feeds: Record<string, Tensor> = {};
  for (const { name, shape } of graph.parameters.values()) {
    const value = tensorOf(run.values, name);
    expect(shape, `shape of ${name}`).toEqual(value.dims);
    feeds[name] = toTensor(value);
  }
  const model = graph.model();
  const wanted = new Set(model.inputs.map(({ name }) => name));
  for (const name of Object.keys(feeds)) if (!wanted.has(name)) delete feeds[name];
  const session = await nodeRuntime().open(encodeModel(model));
  const result = await session.run(feeds);
  expectClose(floats(result.output), run.expected.values, TOLERANCE, "output");
  for (const [name, gradient] of Object.entries(run.gradients)) {
    expectClose(floats(result[`gradient of ${name}`], name), gradient.values, TOLERANCE, `gradient of ${name}`);
  }
  await session.release();
}
