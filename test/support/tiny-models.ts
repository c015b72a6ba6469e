/** Networks of a few numbers whose answers are known by hand, with contracts, as files. */
import { type OnnxModel, type OnnxTensor, rawBytes } from "../../src/graph/onnx.ts";
import { decodeModel } from "../../src/graph/onnx-read.ts";
import { encodeModel } from "../../src/graph/onnx-write.ts";
import { MARKERS } from "../../src/preprocess/text/pretokens.ts";
import { type ContractInput } from "../../src/recognize/contract.ts";
import { contractFromModel, contractToMetadata } from "../../src/recognize/contract-file.ts";

type Of<M extends ContractInput["modality"]> = Extract<ContractInput, { modality: M }>;

const common = {
  contract: 1 as const,
  version: "0.1.0",
  labels: ["anger", "joy"],
  task: "single" as const,
  outputs: { logits: "logits" },
  temperature: 1,
  abstainBelow: 0,
  trainingManifestHash: "0".repeat(64),
  licence: { terms: "CC0-1.0", commercial: true },
  sources: [],
  trained: { date: "2026-01-31", command: "made by hand", seed: 0 },
};

function tensor(name: string, dims: readonly number[], values: readonly number[]): OnnxTensor {
  return { name, type: "float32", dims, bytes: rawBytes(Float32Array.from(values)) };
}

function model(graph: Omit<OnnxModel, "outputs" | "metadata">, contract: ContractInput): Uint8Array {
  return encodeModel({
    ...graph,
    outputs: [{ name: "logits", type: "float32", dims: [-1, contract.labels.length] }],
    metadata: contractToMetadata(contract),
  });
}

const SYMBOLS = ["😀", "😡", "😐", "😁"];

/** Adds 1 to joy for each 😀 and 😁, to anger for each 😡; 😐 and anything unknown add nothing. Four tokens. */
export function tinyText(change: Partial<Of<"text">> = {}): Uint8Array {
  const contract: Of<"text"> = {
    ...common,
    id: "text-tiny",
    modality: "text",
    input: {
      inputs: { tokens: "tokens" },
      maxTokens: 4,
      tokenizer: { model: { format: "affekt-subwords", version: 1, symbols: SYMBOLS, characters: ["▁"], merges: [] } },
      languages: ["en", "zh"],
    },
    ...change,
  };
  const table = [...MARKERS, "😀", "😡", "😐", "😁", "▁"].flatMap((piece) => [
    piece === "😡" ? 1 : 0,
    piece === "😀" || piece === "😁" ? 1 : 0,
    ...Array(contract.labels.length - 2).fill(0),
  ]);
  return model(
    {
      inputs: [{ name: "tokens", type: "int32", dims: [-1, 4] }],
      initializers: [
        tensor("table", [table.length / contract.labels.length, contract.labels.length], table),
        { name: "axes", type: "int64", dims: [1], bytes: rawBytes(BigInt64Array.of(1n)) },
      ],
      nodes: [
        { op: "Gather", inputs: ["table", "tokens"], outputs: ["rows"] },
        { op: "ReduceSum", inputs: ["rows", "axes"], outputs: ["logits"], attributes: { keepdims: { int: 0 } } },
      ],
    },
    contract,
  );
}

/** Joy = 4 · mean of pixels in [0, 1], anger = 2: bright is joy. Sees 8×8 grey pixels. */
export function tinyFace(change: Partial<Of<"face">> = {}): Uint8Array {
  const contract: Of<"face"> = {
    ...common,
    id: "face-tiny",
    modality: "face",
    input: {
      inputs: { pixels: "pixels" },
      size: 8,
      channels: 1,
      normalization: { mean: [0], std: [1] },
      cropMargin: 0,
      aligned: false,
    },
    ...change,
  };
  return model(
    {
      inputs: [{ name: "pixels", type: "float32", dims: [-1, 1, 8, 8] }],
      initializers: [tensor("weights", [1, 2], [0, 4]), tensor("bias", [2], [2, 0])],
      nodes: [
        {
          op: "ReduceMean",
          inputs: ["pixels"],
          outputs: ["mean"],
          attributes: { axes: { ints: [2, 3] }, keepdims: { int: 0 } },
        },
        { op: "MatMul", inputs: ["mean", "weights"], outputs: ["product"] },
        { op: "Add", inputs: ["product", "bias"], outputs: ["logits"] },
      ],
    },
    contract,
  );
}

/** Joy = mean of the upper half of 8 bands, anger = mean of the lower: high is joy. Sees 20 steps of 20 ms. */
export function tinySpeech(change: Partial<Of<"speech">> = {}): Uint8Array {
  const contract: Of<"speech"> = {
    ...common,
    id: "speech-tiny",
    modality: "speech",
    input: {
      inputs: { features: "features" },
      layout: "steps-bands",
      sampleRate: 16_000,
      bands: 8,
      lowHz: 50,
      highHz: 7600,
      windowMs: 25,
      hopMs: 10,
      averageFrames: 2,
      steps: 20,
      normalization: "speaker",
    },
    ...change,
  };
  const weights = Array.from({ length: 8 }, (_, band) => (band < 4 ? [0.25, 0] : [0, 0.25])).flat();
  return model(
    {
      inputs: [{ name: "features", type: "float32", dims: [-1, 20, 8] }],
      initializers: [tensor("weights", [8, 2], weights)],
      nodes: [
        {
          op: "ReduceMean",
          inputs: ["features"],
          outputs: ["mean"],
          attributes: { axes: { ints: [1] }, keepdims: { int: 0 } },
        },
        { op: "MatMul", inputs: ["mean", "weights"], outputs: ["logits"] },
      ],
    },
    contract,
  );
}

/**
 * A model of two labels that also answers the number `sentiment`, standardized the logit of joy minus that of anger, and
 * the category `intensity`, whose logits are those of the labels: `low` that of anger, `high` that of joy.
 */
export function tinyColumns(bytes: Uint8Array): Uint8Array {
  const own = decodeModel(bytes);
  return encodeModel({
    ...own,
    initializers: [...own.initializers, tensor("difference", [2, 1], [-1, 1]), tensor("same", [2, 2], [1, 0, 0, 1])],
    nodes: [
      ...own.nodes,
      { op: "MatMul", inputs: ["logits", "difference"], outputs: ["number-1"] },
      { op: "MatMul", inputs: ["logits", "same"], outputs: ["category-1"] },
    ],
    outputs: [
      ...own.outputs,
      { name: "number-1", type: "float32", dims: [-1, 1] },
      { name: "category-1", type: "float32", dims: [-1, 2] },
    ],
    metadata: contractToMetadata({
      ...contractFromModel(bytes),
      columns: [
        { field: "sentiment", output: "number-1", mean: 0.5, deviation: 2 },
        { field: "intensity", output: "category-1", values: ["low", "high"] },
      ],
    }),
  });
}
