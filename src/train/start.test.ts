import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { random } from "../core/random.ts";
import { float32, floats } from "../core/tensor.ts";
import { VGG16_STAGES, vgg16 } from "../encode/face/vgg16.ts";
import { Graph } from "../graph/graph.ts";
import { inferenceModel } from "../graph/inference.ts";
import { type OnnxNode, type OnnxTensor, rawBytes } from "../graph/onnx.ts";
import { encodeModel } from "../graph/onnx-write.ts";
import { mean } from "../graph/ops/arithmetic.ts";
import { adamW } from "../graph/optimize/optimizer.ts";
import { createParameterStore } from "../graph/optimize/store.ts";
import { sizeOf } from "../graph/shape.ts";
import { trainingGraph } from "../graph/training-step.ts";
import { nodeRuntime } from "../platform/node/runtime.ts";
import { parseTrainConfig } from "./config.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { readStart, startingWeights } from "./start.ts";

const SMALL = { width: 1 / 16, hidden: 8 };

function tensor(name: string, dims: readonly number[], data: Float32Array): OnnxTensor {
  return { name, type: "float32", dims, bytes: rawBytes(data) };
}

/**
 * VGG16 of one filter per layer as other tools write it: their names, RGB, matrices `[out, in]`.
 *
 * @param norms batch norms with gain 1, bias 2, mean 3, variance 4, and epsilon if one is given
 */
function foreign(norms = 0, epsilon?: number): Uint8Array {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  for (let at = 0; at < 13; at++) {
    const inputs = at === 0 ? 3 : 1;
    const kernel = Float32Array.from({ length: inputs * 9 }, (_, i) => at + (at === 0 ? Math.floor(i / 9) + 1 : 0));
    initializers.push(tensor(`vgg0_conv${at}_weight`, [1, inputs, 3, 3], kernel));
    initializers.push(tensor(`vgg0_conv${at}_bias`, [1], Float32Array.of(at)));
    const names = [`vgg0_conv${at}_weight`, `vgg0_conv${at}_bias`];
    nodes.push({ op: "Conv", inputs: [`x${at}`, ...names], outputs: [`x${at + 1}`] });
    if (at >= norms) continue;
    const parts = [1, 2, 3, 4].map((value) => tensor(`norm${at}_${value}`, [1], Float32Array.of(value)));
    initializers.push(...parts);
    nodes.push({
      op: "BatchNormalization",
      inputs: [`x${at + 1}`, ...parts.map(({ name }) => name)],
      outputs: [`y${at}`],
      ...(epsilon === undefined ? {} : { attributes: { epsilon: { float: epsilon } } }),
    });
  }
  const matrix = Float32Array.of(1, 2, 3, 4, 5, 6);
  for (const [at, name] of ["dense0", "dense1", "dense2"].entries()) {
    initializers.push(tensor(`${name}_weight`, [2, 3], matrix), tensor(`${name}_bias`, [2], Float32Array.of(at, at)));
    const inputs = [`x${13 + at}`, `${name}_weight`, `${name}_bias`];
    nodes.push({ op: "Gemm", inputs, outputs: [`x${14 + at}`], attributes: { transB: { int: 1 } } });
  }
  const value = (name: string) => ({ name, type: "float32" as const, dims: [-1, 3, 32, 32] });
  return encodeModel({ nodes, initializers, inputs: [value("x0")], outputs: [value("x16")] });
}

/** The arrays of torchvision's vgg16_bn, for grey pictures and a sixteenth of its channels; random, variances positive. */
function vgg16Bn(): Map<string, Float32Array> {
  const dice = random(9);
  const some = (length: number, of: () => number): Float32Array => Float32Array.from({ length }, of);
  const arrays = new Map<string, Float32Array>();
  let [at, inputs] = [0, 1];
  for (const stage of VGG16_STAGES) {
    for (const channels of stage) {
      const wide = channels / 16;
      const deviation = Math.sqrt(2 / (9 * inputs));
      arrays.set(
        `features.${at}.weight`,
        some(wide * inputs * 9, () => dice.normal() * deviation),
      );
      arrays.set(
        `features.${at}.bias`,
        some(wide, () => 0.1 * dice.normal()),
      );
      arrays.set(
        `features.${at + 1}.weight`,
        some(wide, () => dice.uniform(0.5, 1.5)),
      );
      arrays.set(
        `features.${at + 1}.bias`,
        some(wide, () => 0.1 * dice.normal()),
      );
      arrays.set(
        `features.${at + 1}.running_mean`,
        some(wide, () => 0.1 * dice.normal()),
      );
      arrays.set(
        `features.${at + 1}.running_var`,
        some(wide, () => dice.uniform(0.5, 1.5)),
      );
      [at, inputs] = [at + 3, wide];
    }
    at += 1;
  }
  for (const [position, width] of [
    [0, 512 / 16],
    [3, SMALL.hidden],
  ] as const) {
    arrays.set(
      `classifier.${position}.weight`,
      some(SMALL.hidden * width, () => dice.normal() / Math.sqrt(width)),
    );
    arrays.set(
      `classifier.${position}.bias`,
      some(SMALL.hidden, () => 0.1),
    );
  }
  return arrays;
}

describe("weights to start from", () => {
  test("an ONNX file of another tool is read by its operators, whatever its names", () => {
    const weights = startingWeights(foreign(), { kind: "vgg16" });
    expect([...weights.keys()].filter((name) => name.endsWith(".weight"))).toHaveLength(15);
    // The three channels of the first kernel are 1, 2 and 3: a grey picture sees their sum.
    expect([...(weights.get("conv1_1.weight") as Float32Array)]).toEqual(Array(9).fill(6));
    expect([...(weights.get("conv5_3.bias") as Float32Array)]).toEqual([12]);
    expect([...(weights.get("fc6.weight") as Float32Array)]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...(weights.get("fc7.bias") as Float32Array)]).toEqual([1, 1]);
    expect(weights.has("fc8.weight")).toBe(false);
  });

  test("batch norms of an ONNX file are read with their epsilon, or folded with it", () => {
    for (const [epsilon, variance] of [
      [undefined, 4],
      [1e-5, 4],
      [5, 9],
    ] as const) {
      const bytes = foreign(13, epsilon);
      const weights = startingWeights(bytes, { kind: "vgg16", batchNorm: true });
      const part = (name: string) => [...(weights.get(`norm5_3.${name}`) as Float32Array)];
      expect(["gain", "bias", "mean"].map(part)).toEqual([[1], [2], [3]]);
      expect(part("variance")[0]).toBeCloseTo(variance, 4);
      // The last bias is 12: (12 - 3) / √variance + 2
      const folded = startingWeights(bytes, { kind: "vgg16" });
      expect(folded.get("conv5_3.bias")?.[0]).toBeCloseTo(9 / Math.sqrt(variance) + 2, 4);
    }
  });

  test("an ONNX file whose batch norms do not belong to one convolution each is refused", () => {
    expect(() => startingWeights(foreign(5), { kind: "vgg16" })).toThrow(
      "hold 5 batch norms; expected none or 13, one behind each convolution",
    );
  });

  test.each(["float32", "float16"] as const)("a model file of ours in %s is read by its names", (precision) => {
    const graph = new Graph("train");
    vgg16(graph.input("pixels", [1, 1, 32, 32]), 2, SMALL);
    const given = new Map(
      [...graph.parameters.values()].map(({ name, shape }) => [name, new Float32Array(sizeOf(shape)).fill(0.5)]),
    );
    const infer = (into: Graph) => ({ logits: vgg16(into.input("pixels", [-1, 1, 32, 32]), 2, SMALL).logits });
    const weights = startingWeights(inferenceModel(infer, given, { precision }), { kind: "vgg16" });
    for (const [name, data] of given) expect(weights.get(name)).toEqual(data);
  });

  test("a safetensors file with torchvision's names is renamed, for VGG16 alone", () => {
    const arrays = new Map([["features.28.weight", Float32Array.of(7)]]);
    const bytes = encodeSafetensors({ arrays, metadata: {} });
    expect([...startingWeights(bytes, { kind: "vgg16" }).keys()]).toEqual(["conv5_3.weight"]);
    expect([...startingWeights(bytes, { kind: "residual" }).keys()]).toEqual(["features.28.weight"]);
  });

  test("torchvision's vgg16_bn fills every convolution, norm and statistic of a VGG16 with batch norm", () => {
    const options = { ...SMALL, batchNorm: true };
    const arrays = vgg16Bn();
    const weights = startingWeights(encodeSafetensors({ arrays, metadata: {} }), { kind: "vgg16", batchNorm: true });
    const define = (graph: Graph) => {
      const { logits } = vgg16(graph.input("pixels", [2, 1, 32, 32]), 2, options);
      return { loss: mean(logits, [0, 1]), outputs: { logits } };
    };
    const store = createParameterStore(trainingGraph(define).graph, { optimizer: adamW(), random: random(1) });
    const { misfits, missing } = store.load(weights);
    expect(misfits).toEqual([]);
    expect(missing).toEqual(["fc8.weight", "fc8.bias"]);
    // features.40 is the last convolution, features.41 its norm.
    expect(weights.get("conv5_3.bias")).toEqual(arrays.get("features.40.bias"));
    expect(weights.get("norm5_3.variance")).toEqual(arrays.get("features.41.running_var"));
  });

  test("into a VGG16 without batch norm those of vgg16_bn are folded: it answers the same", async () => {
    const bytes = encodeSafetensors({ arrays: vgg16Bn(), metadata: {} });
    const dice = random(4);
    const pixels = float32(
      Float32Array.from({ length: 2 * 32 * 32 }, () => dice.normal()),
      [2, 1, 32, 32],
    );
    const answer = async (batchNorm: boolean): Promise<number[]> => {
      const weights = startingWeights(bytes, { kind: "vgg16", batchNorm });
      // Not asked, but part of the network.
      weights.set("fc8.weight", new Float32Array(16)).set("fc8.bias", new Float32Array(2));
      const infer = (graph: Graph) => ({
        embedding: vgg16(graph.input("pixels", [-1, 1, 32, 32]), 2, { ...SMALL, batchNorm }).embedding,
      });
      const session = await nodeRuntime().open(inferenceModel(infer, weights));
      const said = floats((await session.run({ pixels })).embedding);
      await session.release();
      return [...said];
    };
    const [folded, normalized] = [await answer(false), await answer(true)];
    expect(Math.max(...normalized)).toBeGreaterThan(0.01);
    for (const [at, value] of normalized.entries()) expect(folded[at]).toBeCloseTo(value, 4);
  });

  test("a network of the family that is not VGG16 is refused by what it has", () => {
    // VGG13 has a convolution where VGG16 has a rectifier.
    const arrays = new Map([
      ["features.0.weight", Float32Array.of(7)],
      ["features.15.weight", Float32Array.of(7)],
    ]);
    const bytes = encodeSafetensors({ arrays, metadata: {} });
    expect(() => startingWeights(bytes, { kind: "vgg16" })).toThrow("hold features.15.weight, where VGG16 has no such");
  });

  test("what is neither is refused", () => {
    expect(() => startingWeights(new TextEncoder().encode("no weights at all"))).toThrow("not an ONNX model");
  });
});

test("weights that are not there are named, with where they come from", async () => {
  const config = parseTrainConfig({
    id: "tiny",
    version: "1.0.0",
    modality: "face",
    labels: ["joy", "neutral"],
    data: [{ dataset: "fer2013" }],
    training: { epochs: 1, batch: 1, learningRate: 0.1, start: "../runs/first/checkpoint.safetensors" },
  });
  await expect(readStart(config, "models/train.json", temporaryFiles(), "runs/tiny")).rejects.toMatchObject({
    code: "file",
    message: "The weights to start from, runs/first/checkpoint.safetensors, do not exist.",
    hint: expect.stringContaining("another training") as string,
  });
});

test("a file that holds no weights is told by its path", async () => {
  const config = parseTrainConfig({
    id: "tiny",
    version: "0.1.0",
    modality: "text",
    labels: ["anger", "joy"],
    data: [{ manifest: "rows.jsonl" }],
    training: { epochs: 1, batch: 1, learningRate: 0.1, start: "rows.jsonl" },
  });
  const files = temporaryFiles({ "runs/rows.jsonl": '{"id":"a"}' });
  await expect(readStart(config, "runs/train.json", files, "runs/tiny")).rejects.toMatchObject({
    code: "model",
    message: expect.stringMatching(/^runs\/rows\.jsonl: /u) as string,
    hint: expect.stringContaining("an .onnx or .safetensors file") as string,
  });
});
