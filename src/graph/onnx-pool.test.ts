import { describe, expect, test } from "vitest";
import { float32, floats } from "../core/tensor.ts";
import { nodeRuntime } from "../platform/node/runtime.ts";
import { type OnnxModel, rawBytes } from "./onnx.ts";
import { poolMember, poolModels } from "./onnx-pool.ts";
import { encodeModel } from "./onnx-write.ts";

/** `logits = embedding = input · weight`, one number in, two out. */
function model(input: string, weight: readonly [number, number], labels = 2): OnnxModel {
  return {
    nodes: [
      { op: "MatMul", inputs: [input, "weight"], outputs: ["logits"] },
      { op: "Identity", inputs: ["logits"], outputs: ["embedding"] },
    ],
    initializers: [{ name: "weight", type: "float32", dims: [1, 2], bytes: rawBytes(Float32Array.from(weight)) }],
    inputs: [{ name: input, type: "float32", dims: [-1, 1] }],
    outputs: [
      { name: "logits", type: "float32", dims: [-1, labels] },
      { name: "embedding", type: "float32", dims: [-1, 2] },
    ],
    opset: 17,
  };
}

const OUTPUTS = { logits: "logits", embedding: "embedding" };

describe("a pool of models", () => {
  test("answers the weighted sum of its members, whose values have the same names", async () => {
    const pooled = poolModels(
      [
        { model: model("a", [1, 2]), weight: 0.25 },
        { model: model("b", [10, 20]), weight: 0.5 },
        { model: model("a", [100, 200]), weight: 1 },
      ],
      OUTPUTS,
    );
    expect(pooled.inputs.map(({ name }) => name)).toEqual(["a", "b"]);
    const session = await nodeRuntime().open(encodeModel(pooled), {});
    const answer = await session.run(
      { a: float32(Float32Array.of(4), [1, 1]), b: float32(Float32Array.of(2), [1, 1]) },
      { logits: null, embedding: null },
    );
    // 0.25 · 4 + 0.5 · 20 + 400, and twice that
    expect([...floats(answer.logits)]).toEqual([411, 822]);
    expect([...floats(answer.embedding)]).toEqual([4, 8, 20, 40, 400, 800]);
    await session.release();
  });

  test("is refused where the members know other labels, or read an input in another shape", () => {
    const first = { model: model("a", [1, 2]), weight: 1 };
    expect(() => poolModels([first, { model: model("b", [1, 2], 3), weight: 1 }], OUTPUTS)).toThrow(
      "Model 2 of 2 does not answer logits and embedding as the first does.",
    );
    const wide = { ...model("a", [1, 2]), inputs: [{ name: "a", type: "float32", dims: [-1, 7] }] } as const;
    expect(() => poolModels([first, { model: wide, weight: 1 }], OUTPUTS)).toThrow("reads a as -1×7, another as -1×1");
  });

  test("gives a member back, which answers as before", async () => {
    const pooled = poolModels(
      [
        { model: model("a", [1, 2]), weight: 0.25 },
        { model: model("b", [10, 20]), weight: 0.5 },
      ],
      OUTPUTS,
    );
    const second = poolMember(pooled, 2, OUTPUTS);
    expect(second.inputs.map(({ name }) => name)).toEqual(["b"]);
    const session = await nodeRuntime().open(encodeModel(second), {});
    const answer = await session.run({ b: float32(Float32Array.of(3), [1, 1]) }, { logits: null, embedding: null });
    expect([...floats(answer.logits)]).toEqual([30, 60]);
    expect([...floats(answer.embedding)]).toEqual([30, 60]);
    await session.release();
    expect(() => poolMember(pooled, 3, OUTPUTS)).toThrow("There is no model 3 in this pool.");
  });
});
