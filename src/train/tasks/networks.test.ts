import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { square, TINY_LABELS, tinyPorts, tinyRows, voice } from "../../../test/support/tiny-corpus.ts";
import { nodeFiles } from "../../platform/node/files.ts";
import { contractFromModel } from "../../recognize/contract-file.ts";
import { openFaceExpert } from "../../recognize/face-expert.ts";
import { openSpeechExpert } from "../../recognize/speech-expert.ts";
import { spectrumExtractor } from "../../recognize/speech-features.ts";
import { openTextExpert } from "../../recognize/text-expert.ts";
import { runTraining } from "../run.ts";

const { runtime } = tinyPorts(nodeFiles());

interface Options {
  readonly modality: string;
  readonly network: object;
  readonly features: object;
}

/** Trains one epoch and returns the model file. */
async function trained({ modality, network, features }: Options) {
  const config = {
    id: "tiny",
    version: "0.1.0",
    modality,
    labels: TINY_LABELS,
    data: [{ manifest: "rows.jsonl" }],
    features,
    network,
    training: { epochs: 1, batch: 4, learningRate: 0.01, threads: 1 },
  };
  const lines = tinyRows(16)
    .map((row) => JSON.stringify(row))
    .join("\n");
  const files = temporaryFiles({ "rows.jsonl": lines, "train.json": JSON.stringify(config) });
  const { model = "" } = await runTraining(
    { config: "train.json", root: ".", out: "run", command: "affekt train train.json" },
    tinyPorts(files),
  );
  const bytes = await files.readBytes(model);
  return { bytes, contract: contractFromModel(bytes) };
}

const TEXT = { languages: ["en"], maxTokens: 6, vocabularySize: 300, buckets: 64, ngramLimit: 8 };
const small = { tokenDim: 4, hidden: 4 };

describe("a text configuration", () => {
  test.each([
    ["the wide-deep network unless it says otherwise", { ...small, heads: 1 }],
    ["a bag of n-grams", { kind: "bag-of-words", reads: "ngrams", ...small }],
    ["a bag of subwords", { kind: "bag-of-words", ...small }],
    ["subwords and a CNN", { kind: "subword-cnn", tokenDim: 4, filters: 4, widths: [2, 3] }],
    ["subwords and an LSTM", { kind: "subword-lstm", ...small }],
    ["subwords and a transformer", { kind: "subword-transformer", dim: 8, heads: 2, layers: 1 }],
    ["an LSTM under a recurrent head", { kind: "subword-lstm", ...small, head: { kind: "rnn", hidden: 4 } }],
    ["a CNN under a CNN head", { kind: "subword-cnn", tokenDim: 4, filters: 4, head: { kind: "cnn", filters: 4 } }],
  ])("trains and serves %s", async (_name, network) => {
    const { bytes, contract } = await trained({ modality: "text", network, features: TEXT });
    if (contract.modality !== "text") throw new Error("expected a text model");
    const expert = await openTextExpert(runtime, bytes, contract);
    const [opinion] = await expert.opinions(["a sunny lovely day"]);
    await expert.close();
    expect(opinion?.logits).toHaveLength(2);
    expect(opinion?.logits.every(Number.isFinite)).toBe(true);
  });

  test("names the ids that its model reads in the contract", async () => {
    const network = { kind: "bag-of-words", reads: "ngrams", ...small };
    const { contract } = await trained({ modality: "text", network, features: TEXT });
    expect(contract.input.inputs).toEqual({ ngrams: "ngrams" });
  });

  test("refuses what cannot be: unknown fields, a head over wide-deep, readings of an encoder that has one", async () => {
    const refuse = (network: object, features: object = TEXT) => trained({ modality: "text", network, features });
    await expect(refuse({ kind: "subword-cnn", filter: 3 })).rejects.toThrow(
      'unknown field "filter" (did you mean "filters"?)',
    );
    await expect(refuse({ kind: "subword-cnn", head: "multi-task" })).rejects.toThrow(
      'network.head: received "multi-task"; expected object (did you mean { "kind": "multi-task", … }?)',
    );
    await expect(refuse({ kind: "subword-cnn", head: { kind: "multitask" } })).rejects.toThrow(
      'expected one of "softmax", "cnn", "rnn", "multi-task" (did you mean "multi-task"?)',
    );
    await expect(refuse({ head: { kind: "softmax" } })).rejects.toThrow("would not see the n-grams");
    await expect(refuse({ kind: "bag-of-words", head: { kind: "rnn" } })).rejects.toThrow("gives only one vector");
    await expect(refuse({ kind: "subword-lstm" }, { ...TEXT, auxiliary: 0.5 })).rejects.toThrow("only one reading");
  });
});

const FACE = { side: 32, trainSizes: [32], cut: 32, size: 32 };

describe("a face configuration", () => {
  test.each([
    ["the residual network unless it says otherwise", { channels: [4, 8] }],
    ["VGG16", { kind: "vgg16", width: 1 / 16, hidden: 8 }],
    ["VGG16 under a CNN head", { kind: "vgg16", width: 1 / 16, hidden: 8, head: { kind: "cnn", filters: 4 } }],
  ])("trains and serves %s", async (_name, network) => {
    const { bytes, contract } = await trained({ modality: "face", network, features: FACE });
    if (contract.modality !== "face") throw new Error("expected a face model");
    const expert = await openFaceExpert(runtime, bytes, contract);
    const [opinion] = await expert.opinions([expert.prepare(square(200, 40), null)]);
    await expert.close();
    expect(opinion?.logits).toHaveLength(2);
    expect(opinion?.logits.every(Number.isFinite)).toBe(true);
  });

  test("refuses pictures of several sizes where the network has one", async () => {
    const network = { kind: "vgg16", width: 1 / 16, hidden: 8 };
    const failure = trained({ modality: "face", network, features: { ...FACE, trainSizes: [32, 48] } });
    await expect(failure).rejects.toThrow("features.trainSizes is 32, 48, features.size 32");
  });
});

const augment = { bandShift: 0, bandMasks: { count: 1, widest: 2 }, stepMasks: { count: 1, longest: 2 } };
const SPEECH = { bands: 16, steps: 16, normalization: "clip", augment };

describe("a speech configuration", () => {
  test.each([
    ["the residual network with attention unless it says otherwise", { channels: [4, 8], width: 8, heads: 1 }, {}],
    ["a log-mel CNN", { kind: "log-mel-cnn", channels: [4, 8] }, {}],
    ["a CRNN", { kind: "crnn", channels: [4, 4], hidden: 4 }, {}],
    ["networks over functionals", { kind: "functionals", members: 2, hidden: [8] }, {}],
    ["networks over functionals, by speaker", { kind: "functionals", hidden: [8] }, { normalization: "speaker" }],
    ["an LSTM on MFCC", { kind: "mfcc-lstm", hidden: 4 }, { cepstra: { coefficients: 6, deltas: true } }],
    ["convolutions and a transformer", { kind: "conv-transformer", channels: 4, dim: 8, heads: 2, layers: 1 }, {}],
    ["a CRNN under a recurrent head", { kind: "crnn", channels: [4], hidden: 4, head: { kind: "rnn", hidden: 4 } }, {}],
  ])("trains and serves %s", async (_name, network, features) => {
    const { bytes, contract } = await trained({ modality: "speech", network, features: { ...SPEECH, ...features } });
    if (contract.modality !== "speech") throw new Error("expected a speech model");
    const expert = await openSpeechExpert(runtime, bytes, contract);
    const [opinion] = await expert.opinions([expert.prepare(voice(1))]);
    await expert.close();
    expect(opinion?.logits).toHaveLength(2);
    expect(opinion?.logits.every(Number.isFinite)).toBe(true);
  });

  test("names the functionals that its model reads, with their scale, in the contract", async () => {
    const network = { kind: "functionals", members: 1, hidden: [4] };
    const { contract } = await trained({ modality: "speech", network, features: SPEECH });
    if (contract.modality !== "speech") throw new Error("expected a speech model");
    expect(contract.input.inputs).toEqual({ functionals: "functionals" });
    const [own] = [spectrumExtractor(contract.input, true)(voice(1)).functionals];
    expect(contract.input.functionals?.mean).toHaveLength(own?.length ?? 0);
    expect(contract.input.functionals?.deviation.every((value) => value > 0)).toBe(true);
  });

  test("refuses to shift cepstra like bands, and more of them than bands", async () => {
    const refuse = (features: object) =>
      trained({ modality: "speech", network: { kind: "mfcc-lstm" }, features: { ...SPEECH, ...features } });
    const cepstra = { coefficients: 6 };
    await expect(refuse({ cepstra, augment: { bandShift: 2 } })).rejects.toThrow("features.augment.bandShift is 2");
    await expect(refuse({ cepstra: { coefficients: 17 } })).rejects.toThrow("more than the 16 bands");
  });
});
