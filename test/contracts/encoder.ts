/** The contract that every encoder passes. */
import { afterAll, describe, expect, test } from "vitest";
import { floats } from "../../src/core/tensor.ts";
import type { Encoded } from "../../src/encode/encoded.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { crossEntropy } from "../../src/graph/losses.ts";
import {
  expectAgrees,
  expectLearns,
  type Feeds,
  type Inference,
  type NetworkUnderTest,
  oneHot,
  openInference,
} from "./network.ts";

/** Labels of the encoders under contract. */
export const LABELS = 3;

export interface EncoderUnderTest {
  readonly inputs: Feeds;
  readonly build: (inputs: Readonly<Record<string, Node>>) => Encoded;
  /** Parameters that get no gradient here. */
  readonly unmoved?: RegExp;
}

function networkOf({ inputs, build }: EncoderUnderTest): NetworkUnderTest {
  const rows = Object.values(inputs)[0]?.dims[0] as number;
  return {
    inputs,
    targets: { wanted: oneHot(rows, LABELS) },
    outputs: (graph: Graph, batch) => {
      const nodes = Object.fromEntries(
        Object.entries(inputs).map(([name, { dims, type }]) => [
          name,
          graph.input(name, [batch, ...dims.slice(1)], type as "float32" | "int32"),
        ]),
      );
      const { embedding, sequence, logits } = build(nodes);
      return { embedding, logits, ...(sequence ? { sequence } : {}) };
    },
    loss: ({ logits }, graph) => crossEntropy(logits as Node, graph.input("wanted", [rows, LABELS])),
  };
}

export function encoderContract(name: string, encoder: EncoderUnderTest): void {
  describe(`encoder contract: ${name}`, () => {
    const network = networkOf(encoder);
    const rows = Object.values(encoder.inputs)[0]?.dims[0];
    let opened: Promise<Inference> | undefined;
    const inference = (): Promise<Inference> => {
      opened ??= openInference(network);
      return opened;
    };
    afterAll(async () => (await opened)?.release());

    test("gives an embedding, logits and a sequence, if it has one, of the promised shapes", async () => {
      const { embedding, sequence, logits } = await (await inference()).run(network.inputs);
      expect(embedding?.dims).toEqual([rows, expect.any(Number)]);
      expect(logits?.dims).toEqual([rows, LABELS]);
      if (sequence) expect(sequence.dims).toEqual([rows, expect.any(Number), expect.any(Number)]);
      for (const output of [embedding, logits]) expect(floats(output).every(Number.isFinite)).toBe(true);
    });

    test("learns, moves every weight, and does so alike from the same seed", () =>
      expectLearns(network, encoder.unmoved));

    test("the inference graph gives what the training graph gives, within 1e-4", async () =>
      expectAgrees(network, await inference()));
  });
}
