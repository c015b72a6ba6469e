import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeTools } from "../../../test/support/tools.ts";
import { encodeModel } from "../../graph/onnx-write.ts";
import { contractToMetadata } from "../../recognize/contract-file.ts";
import { runCard, runModels } from "./models.ts";

function model(): Uint8Array {
  const value = (name: string, dims: number[]) => ({ name, type: "float32" as const, dims });
  return encodeModel({
    nodes: [{ op: "Neg", inputs: ["x"], outputs: ["y"] }],
    initializers: [],
    inputs: [value("x", [1])],
    outputs: [value("y", [1])],
    metadata: contractToMetadata({
      contract: 1,
      id: "face-tiny",
      version: "1.0.0",
      labels: ["joy", "neutral"],
      task: "single",
      modality: "face",
      input: {
        inputs: { pixels: "x" },
        size: 48,
        channels: 1,
        normalization: "standardize",
        cropMargin: 0.1,
        aligned: true,
      },
      outputs: { logits: "y" },
      temperature: 1.5,
      abstainBelow: 0.3,
      trainingManifestHash: "0".repeat(64),
      licence: { terms: "CC-BY-NC-4.0", commercial: false },
      sources: [{ name: "a corpus", terms: "research", rows: 12 }],
      trained: { date: "2026-01-01", command: "affekt train train.json", seed: 1 },
      metrics: { "test accuracy": 0.75 },
      caveats: ["Acted."],
    }),
  });
}

function shelf(): string {
  const folder = mkdtempSync(join(tmpdir(), "affekt-models-"));
  mkdirSync(join(folder, "face-tiny"));
  writeFileSync(join(folder, "face-tiny", "model.onnx"), model());
  writeFileSync(join(folder, "broken.onnx"), "not a model");
  return folder;
}

test("lists every model with its contract, and a broken file with what is wrong", async () => {
  const tools = fakeTools();
  await runModels({ models: shelf() }, tools);
  const entries = JSON.parse(tools.out.join("")) as Record<string, unknown>[];
  expect(entries).toHaveLength(2);
  expect(entries.find(({ id }) => id === "face-tiny")).toMatchObject({ modality: "face", labels: ["joy", "neutral"] });
  expect(entries.find(({ file }) => file === "broken.onnx")).toHaveProperty("error.code");
});

test("a folder without models says how to get one", async () => {
  const tools = fakeTools({ interactive: true });
  await runModels({ models: mkdtempSync(join(tmpdir(), "affekt-none-")) }, tools);
  expect(tools.out[0]).toContain("affekt train");
});

test("a folder that is not there is an error, not an empty list", async () => {
  const models = join(tmpdir(), "affekt-no-such-folder");
  await expect(runModels({ models }, fakeTools())).rejects.toMatchObject({ code: "file" });
  await expect(runCard("face-tiny", { models }, fakeTools())).rejects.toMatchObject({ code: "file" });
});

test("the card shows licence, data and measurements", async () => {
  const tools = fakeTools({ interactive: true });
  await runCard("face-tiny", { models: shelf() }, tools);
  const card = tools.out.join("\n");
  expect(card).toContain("CC-BY-NC-4.0 (not for commercial use)");
  expect(card).toContain("a corpus, 12 rows (research)");
  expect(card).toMatch(/test accuracy 0\.7500\n.*Acted\.$/u);
});

test("permissive terms leave out what may not be sold, and say what is then missing", async () => {
  const tools = fakeTools();
  await runModels({ models: shelf(), license: "permissive" }, tools);
  expect(JSON.parse(tools.out.join(""))).toEqual([]);
  expect(tools.err.join("")).toContain("faces: face-tiny is left out (terms: CC-BY-NC-4.0)");
});

test("the table names the data of each model and their terms", async () => {
  const tools = fakeTools({ interactive: true });
  await runModels({ models: shelf() }, tools);
  expect(tools.out.join("")).toMatch(/face-tiny .* no +a corpus \(research\)/);
});

test("an unknown id names the ids there are", async () => {
  await expect(runCard("nothing", { models: shelf() }, fakeTools())).rejects.toMatchObject({
    code: "model",
    hint: "There are: face-tiny.",
  });
});
