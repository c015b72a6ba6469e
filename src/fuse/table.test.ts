import { describe, expect, test } from "vitest";
import { fusionContract } from "../../test/contracts/fusion.ts";
import { openInference } from "../../test/contracts/network.ts";
import { explainIssue } from "../core/explain-issue.ts";
import { float32, floats } from "../core/tensor.ts";
import { Graph, type Node } from "../graph/graph.ts";
import { mean } from "../graph/ops/arithmetic.ts";
import { FusionConfig, fusionOf } from "./table.ts";

const CONFIGS: Readonly<Record<string, FusionConfig>> = {
  "sum of linear maps": { kind: "linear", dim: 8 },
  "linear combination with learned weights": { kind: "linear", dim: 8, combine: "learned" },
  "concatenation and perceptron": { kind: "mlp", dim: 8, dropout: 0 },
  "low-rank tensor": { kind: "tensor", dim: 8, rank: 2, dropout: 0 },
  gated: { kind: "gated", dim: 8, dropout: 0 },
  attention: { kind: "attention", dim: 8, dropout: 0 },
  "cross-modal": { kind: "cross-modal", dim: 8, heads: 2, crossLayers: 1, dropout: 0 },
  "cross-modal with conversion": {
    kind: "cross-modal",
    dim: 8,
    heads: 2,
    crossLayers: 1,
    dropout: 0,
    convert: true,
  },
};

/** Which step is attended to does not matter where there is but one; a key's bias never does. */
const unmoved = { vectors: /query|key|normTarget/, sequences: /key\.bias/ };

for (const [name, config] of Object.entries(CONFIGS)) fusionContract(name, () => fusionOf(config), { unmoved });

describe("the table of fusions", () => {
  test("leads to the command where a pool is asked for, and nowhere else", () => {
    const said = (value: unknown) =>
      FusionConfig.safeParse(value, { error: explainIssue })
        .error?.issues.map(({ message }) => message)
        .join();
    expect(said({ kind: "pool", dim: 8 })).toContain("affekt pool");
    expect(said("pool")).toContain("affekt pool");
    expect(said({ kind: "pol", dim: 8 })).toContain('received "pol"; expected one of "linear"');
    expect(said({ kind: "gated", dim: "pool" })).not.toContain("affekt pool");
  });

  test("names every wrong field of a configuration", () => {
    const parsed = FusionConfig.safeParse({ kind: "gated", dim: 0, rank: 3 });
    expect(parsed.error?.issues.map(({ path, code }) => [path.join("."), code])).toEqual([
      ["dim", "too_small"],
      ["", "unrecognized_keys"],
    ]);
  });

  test("a fusion of two modalities wants two columns of presence", () => {
    const graph = new Graph("train");
    const slots = { text: graph.input("text", [2, 4]), speech: graph.input("speech", [2, 4]) };
    const fuse = fusionOf({ kind: "gated", dim: 8 });
    expect(fuse({ slots, presence: graph.input("presence", [2, 2]) }).vector.shape).toEqual([2, 8]);
    expect(() => fuse({ slots, presence: graph.input("three", [2, 3]) })).toThrow(
      "fusion received a presence mask [2, 3]; expected [batch, 2].",
    );
  });

  test("a fusion without slots is refused", () => {
    const graph = new Graph("train");
    const fuse = fusionOf({ kind: "mlp", dim: 8 });
    expect(() => fuse({ slots: {}, presence: graph.input("presence", [2, 1]) })).toThrow("Fusion needs a slot");
  });
});

describe("low-rank tensor fusion", () => {
  test("is the sum over ranks of products of 1 + W x, as computed by hand", async () => {
    const build = (graph: Graph, batch: number): Record<string, Node> => {
      const slots = { text: graph.input("text", [batch, 1]), face: graph.input("face", [batch, 1]) };
      const presence = graph.input("presence", [batch, 2]);
      return { vector: fusionOf({ kind: "tensor", dim: 1, rank: 1, dropout: 0 })({ slots, presence }).vector };
    };
    const inputs = {
      text: float32(Float32Array.of(2, 2, 0), [3, 1]),
      face: float32(Float32Array.of(3, 0, 3), [3, 1]),
      presence: float32(Float32Array.of(1, 1, 1, 0, 0, 1), [3, 2]),
    };
    const session = await openInference({
      outputs: build,
      loss: ({ vector }) => mean(vector as Node, [0, 1]),
      inputs,
      targets: {},
    });
    const [both = 0, text = 0, face = 0] = floats((await session.run(inputs)).vector);
    await session.release();
    // One rank of weight 1: (1 + 2w)(1 + 3v), 1 + 2w and 1 + 3v.
    expect(both).toBeCloseTo(text * face, 5);
  });
});
