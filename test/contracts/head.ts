/** The contract that every recognition head passes. */
import { afterAll, describe, expect, test } from "vitest";
import type { Head } from "../../src/classify/head.ts";
import { float32, floats } from "../../src/core/tensor.ts";
import type { Node } from "../../src/graph/graph.ts";
import { crossEntropy } from "../../src/graph/losses.ts";
import { expectClose } from "../reference.ts";
import {
  expectAgrees,
  expectLearns,
  type Feeds,
  type Inference,
  type NetworkUnderTest,
  noise,
  oneHot,
  openInference,
} from "./network.ts";

const ROWS = 3;
const STEPS = 5;
const DIM = 8;
/** Labels of the heads under contract. */
export const LABELS = 3;

export type HeadInput = "vector" | "sequence";

const lengths = [5, 3, 1];
const steps = float32(
  Float32Array.from(lengths.flatMap((length) => Array.from({ length: STEPS }, (_, at) => (at < length ? 1 : 0)))),
  [ROWS, STEPS],
);

function networkOf(build: () => Head, input: HeadInput): NetworkUnderTest {
  const sequence = input === "sequence";
  const x = sequence ? noise(1, ROWS, STEPS, DIM) : noise(1, ROWS, DIM);
  return {
    inputs: sequence ? { x, steps } : { x },
    targets: { wanted: oneHot(ROWS, LABELS) },
    outputs: (graph, batch) => {
      const node = graph.input("x", [batch, ...x.dims.slice(1)]);
      return { logits: build()(node, sequence ? graph.input("steps", [batch, STEPS]) : undefined) };
    },
    loss: ({ logits }, graph) => crossEntropy(logits as Node, graph.input("wanted", [ROWS, LABELS])),
  };
}

/** The inputs with something else behind the end of each sequence. */
function withPadding({ inputs }: NetworkUnderTest, filling: number): Feeds {
  const x = noise(1, ROWS, STEPS, DIM);
  for (const [row, length] of lengths.entries()) {
    x.data.fill(filling, (row * STEPS + length) * DIM, (row + 1) * STEPS * DIM);
  }
  return { ...inputs, x };
}

export interface HeadContractOptions {
  readonly inputs?: readonly HeadInput[];
  /** Parameters that get no gradient here. */
  readonly unmoved?: RegExp;
}

export function headContract(name: string, build: () => Head, options: HeadContractOptions = {}): void {
  const { inputs = ["vector", "sequence"], unmoved } = options;
  describe.each(inputs)(`head contract: ${name}, on a %s`, (input) => {
    const network = networkOf(build, input);
    let opened: Promise<Inference> | undefined;
    const inference = (): Promise<Inference> => {
      opened ??= openInference(network);
      return opened;
    };
    afterAll(async () => (await opened)?.release());

    test("gives finite logits, one per label and row", async () => {
      const { logits } = await (await inference()).run(network.inputs);
      expect(logits?.dims).toEqual([ROWS, LABELS]);
      expect(floats(logits).every(Number.isFinite)).toBe(true);
    });

    if (input === "sequence") {
      test("ignores what stands behind the end of a sequence, NaN included", async () => {
        const session = await inference();
        const zero = floats((await session.run(withPadding(network, 0))).logits);
        const nan = floats((await session.run(withPadding(network, Number.NaN))).logits);
        expectClose(nan, zero, 1e-5, "logits with NaN behind the end");
      });
    }

    test("learns, moves every weight, and does so alike from the same seed", () => expectLearns(network, unmoved));

    test("the inference graph gives what the training graph gives, within 1e-4", async () =>
      expectAgrees(network, await inference()));
  });
}
