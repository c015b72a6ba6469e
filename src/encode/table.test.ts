import { describe, expect, test } from "vitest";
import { encoderContract, LABELS } from "../../test/contracts/encoder.ts";
import { noise } from "../../test/contracts/network.ts";
import type { Tensor } from "../core/tensor.ts";
import { Graph, type Node } from "../graph/graph.ts";
import {
  encodeFace,
  encodeSpeech,
  encodeText,
  FaceEncoderConfig,
  SpeechEncoderConfig,
  type TextEncoderConfig,
} from "./table.ts";

const ROWS = 3;
/** Texts of 6, 4 and no ids: an empty text must not break anything. */
const ids = (vocabulary: number): Tensor => ({
  type: "int32",
  dims: [ROWS, 6],
  data: Int32Array.from([5, 2, 7, 1, 3, 4, 6, 8, 2, 9, 0, 0, 0, 0, 0, 0, 0, 0], (id) => id % vocabulary),
});

const vocabulary = 10;
const TEXT: readonly TextEncoderConfig[] = [
  { kind: "bag-of-words", vocabulary, tokenDim: 4, hidden: 8, dropout: 0 },
  { kind: "subword-cnn", vocabulary, tokenDim: 4, widths: [2, 3], filters: 4, dropout: 0 },
  { kind: "subword-lstm", vocabulary, tokenDim: 4, hidden: 4, direction: "both", dropout: 0 },
  { kind: "subword-transformer", vocabulary, dim: 8, heads: 2, layers: 1, dropout: 0 },
  { kind: "wide-deep", vocabulary, buckets: 10, tokenDim: 4, hidden: 4, heads: 1, dropout: 0 },
];
for (const config of TEXT) {
  const inputs = config.kind === "wide-deep" ? { tokens: ids(10), ngrams: ids(10) } : { tokens: ids(10) };
  encoderContract(config.kind, {
    inputs,
    build: (nodes) => encodeText(nodes, LABELS, config),
    // What is added to all keys, or to all scores, cancels in the softmax.
    unmoved: /key\.bias|pool\.score\.bias/,
  });
}

const FACE: readonly FaceEncoderConfig[] = [
  { kind: "vgg16", width: 1 / 16, hidden: 8, dropout: 0 },
  { kind: "vgg16", width: 1 / 16, hidden: 8, batchNorm: true, dropout: 0 },
  { kind: "residual", channels: [4, 8], dropout: 0 },
];
for (const config of FACE) {
  const named = "batchNorm" in config ? "vgg16 with batch norm" : config.kind;
  encoderContract(named, {
    inputs: { pixels: noise(1, ROWS, 1, 32, 32) },
    build: ({ pixels }) => encodeFace(pixels as Node, LABELS, config),
    // Batch norm takes out what a bias before it adds.
    unmoved: /^conv\d_\d\.bias$/,
  });
}

const SPEECH: readonly SpeechEncoderConfig[] = [
  { kind: "log-mel-cnn", channels: [4, 8], dropout: 0 },
  { kind: "crnn", channels: [4, 4], stride: 1, hidden: 4, dropout: 0 },
  { kind: "mfcc-lstm", hidden: 8, layers: 2, dropout: 0 },
  { kind: "conv-transformer", channels: 4, dim: 8, heads: 2, layers: 1, dropout: 0 },
  { kind: "residual-attention", channels: [4, 8], width: 8, heads: 1, dropout: 0 },
];
for (const config of SPEECH) {
  encoderContract(config.kind, {
    inputs: { features: noise(2, ROWS, 1, 8, 8) },
    build: ({ features }) => encodeSpeech(features as Node, LABELS, config),
    unmoved: /key\.bias|pool\.score\.bias/,
  });
}

encoderContract("functionals", {
  inputs: { functionals: noise(3, ROWS, 12) },
  build: ({ functionals }) => {
    return encodeSpeech(functionals as Node, LABELS, {
      ...{ kind: "functionals", members: 2, hidden: [8] },
      ...{ dropout: 0, inputDropout: 0 },
    });
  },
  // Batch norm takes out what a bias before it adds.
  unmoved: /hidden1\.bias$/,
});

describe("the table of encoders", () => {
  test("names every wrong field of a configuration", () => {
    const face = FaceEncoderConfig.safeParse({ kind: "vgg16", width: 0, side: 48 });
    expect(face.error?.issues.map(({ path }) => path.join("."))).toEqual(["width", ""]);
    const speech = SpeechEncoderConfig.safeParse({ kind: "wav2vec" });
    expect(speech.error?.issues.map(({ path }) => path.join("."))).toEqual(["kind"]);
  });

  test("an encoder says which ids it lacks", () => {
    const tokens = new Graph("train").input("tokens", [2, 4], "int32");
    const config = TEXT.find(({ kind }) => kind === "wide-deep") as TextEncoderConfig;
    expect(() => encodeText({ tokens }, 2, config)).toThrow("The wide-deep encoder reads ngrams; received none.");
  });

  test("given weights are refused where they would be left unused", () => {
    const pixels = new Graph("train").input("pixels", [2, 1, 32, 32]);
    expect(() => encodeFace(pixels, 2, { kind: "residual", channels: [4] }, new Map())).toThrow(
      "The residual encoder cannot start from given weights.",
    );
  });
});
