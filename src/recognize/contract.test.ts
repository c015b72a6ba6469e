import { describe, expect, test } from "vitest";
import { AffektError } from "../core/errors.ts";
import { readMetadata, replaceMetadata } from "../graph/onnx-metadata.ts";
import { encodeModel } from "../graph/onnx-write.ts";
import { type ContractInput, parseContract } from "./contract.ts";
import { CONTRACT_KEY, contractFromModel, contractToMetadata, withContract } from "./contract-file.ts";

const face: ContractInput = {
  contract: 1,
  id: "face-tiny",
  version: "0.1.0",
  modality: "face",
  labels: ["anger", "joy"],
  task: "single",
  input: {
    inputs: { pixels: "pixels" },
    size: 48,
    channels: 1,
    normalization: "standardize",
    cropMargin: 0.1,
    aligned: false,
  },
  outputs: { logits: "logits" },
  temperature: 1.5,
  abstainBelow: 0.3,
  trainingManifestHash: "0".repeat(64),
  licence: { terms: "Apache-2.0", commercial: true },
  sources: [{ name: "made up", terms: "CC0-1.0" }],
  trained: { date: "2026-01-31", command: "affekt train tiny", seed: 1 },
};

const empty = encodeModel({ nodes: [], initializers: [], inputs: [], outputs: [] });

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof AffektError) return `${error.code}: ${error.message}`;
  }
  return "nothing thrown";
}

describe("contract", () => {
  test("comes back from a model file as it was written, defaults filled in", () => {
    const model = replaceMetadata(empty, contractToMetadata(face));
    const read = contractFromModel(model);
    expect(read).toMatchObject(face);
    expect(read.poolWeight).toBe(1);
  });

  test("is added to a model without losing other metadata", () => {
    const model = withContract(replaceMetadata(empty, { note: "kept" }), face);
    expect(readMetadata(model).note).toBe("kept");
    expect(contractFromModel(model).id).toBe("face-tiny");
  });

  test("missing is an error that names the key", () => {
    expect(codeOf(() => contractFromModel(empty))).toMatch(/^contract: .*"affekt"/);
  });

  test("that is not JSON is an error", () => {
    const model = replaceMetadata(empty, { [CONTRACT_KEY]: "{" });
    expect(codeOf(() => contractFromModel(model))).toMatch(/^contract: .*not JSON/);
  });

  test("wrong names every wrong field, typos included", () => {
    const { temperature, ...rest } = face;
    const message = codeOf(() => parseContract({ ...rest, temprature: temperature, abstainBelow: 2 }));
    expect(message).toMatch(/temprature/);
    expect(message).toMatch(/temperature: /);
    expect(message).toMatch(/abstainBelow: /);
  });

  test("of a later version says to update", () => {
    expect(codeOf(() => parseContract({ ...face, contract: 2 }))).toMatch(/version 2; this release reads version 1/);
  });

  test("needs as many thresholds as labels, and thresholds at all for a multi-label task", () => {
    expect(codeOf(() => parseContract({ ...face, thresholds: [0.5] }))).toMatch(/thresholds: needs 2 values/);
    expect(codeOf(() => parseContract({ ...face, task: "multi" }))).toMatch(/thresholds: is required/);
  });

  test("of corrupt bytes is a model error", () => {
    expect(codeOf(() => contractFromModel(new Uint8Array(0)))).toMatch(/^model: .*0 bytes/);
    expect(codeOf(() => contractFromModel(Uint8Array.of(0xff, 0xff, 0xff)))).toMatch(/^model: /);
    expect(codeOf(() => contractFromModel(replaceMetadata(empty, contractToMetadata(face)).subarray(0, 60)))).toMatch(
      /^(model|contract): /,
    );
  });
});
