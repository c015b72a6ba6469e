import { expect, test } from "vitest";
import { elementCount, float32, floats, type Tensor } from "../core/tensor.ts";
import { Graph, type Node } from "../graph/graph.ts";
import { linear } from "../graph/layers/dense.ts";
import { encodeModel } from "../graph/onnx-write.ts";
import { nodeRuntime } from "../platform/node/runtime.ts";
import { conversionLoss } from "./convert.ts";
import { presentSoftmax } from "./present-softmax.ts";

/** Text and speech of two samples; the loss where all weights are 0 and the biases of the decoders are 1. */
async function lossOf(textPresent: readonly number[], speechPresent: readonly number[]): Promise<number> {
  const graph = new Graph("train");
  const column = (values: readonly number[]): Node => graph.constant(Float32Array.from(values), [2, 1]);
  const loss = conversionLoss(
    [
      {
        modality: "text",
        embedding: graph.constant(Float32Array.of(1, 3, 0, 0), [2, 2]),
        present: column(textPresent),
        encode: linear("text", 2),
      },
      {
        modality: "speech",
        embedding: column([4, 6]),
        present: column(speechPresent),
        encode: linear("speech", 2),
      },
    ],
    2,
  );
  graph.output("loss", loss as Node);
  const feeds: Record<string, Tensor> = {};
  for (const { name, shape } of graph.parameters.values()) {
    const value = name.endsWith("output.bias") ? 1 : 0;
    feeds[name] = float32(new Float32Array(elementCount(shape)).fill(value), shape);
  }
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const result = floats((await session.run(feeds)).loss)[0] as number;
  await session.release();
  return result;
}

test("the conversion loss is the mean over both ways, there and back, of the squared errors", async () => {
  // Every decoder says 1. The first sample has both: text errs by (0, 4) / 2 = 2, speech by 9; each is wanted once
  // there and once back, in two pairs, and the mean over pairs adds up there and back.
  expect(await lossOf([1, 0], [1, 1])).toBeCloseTo(2 + 9, 5);
});

test("without a sample that has both modalities there is nothing to convert", async () => {
  expect(await lossOf([1, 0], [0, 1])).toBe(0);
});

test("a single modality has no conversion loss", () => {
  const graph = new Graph("train");
  const one = {
    modality: "face",
    embedding: graph.input("face", [2, 3]),
    present: graph.input("present", [2, 1]),
    encode: linear("face", 2),
  } as const;
  expect(conversionLoss([one], 4)).toBeNull();
});

test("the softmax over those present shares 1 among them and gives the absent exactly 0", async () => {
  const graph = new Graph("infer", new Map());
  const scores = graph.constant(Float32Array.of(0, Math.log(3), 5), [1, 3]);
  graph.output("y", presentSoftmax(scores, graph.constant(Float32Array.of(1, 1, 0, 0, 0, 1, 0, 0, 0), [3, 3])));
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const values = [...floats((await session.run({})).y)];
  for (const [index, expected] of [0.25, 0.75, 0, 0, 0, 1, 0, 0, 0].entries()) {
    expect(values[index]).toBeCloseTo(expected, 6);
  }
});
