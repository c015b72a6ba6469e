import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../../test/house/tree.ts";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts } from "../../../test/support/tiny-corpus.ts";
import { TINY_MULTIMODAL, tinyComposed } from "../../../test/support/tiny-multimodal.ts";
import { MODALITIES } from "../../core/modality.ts";
import { PAIRING_CAVEAT } from "../../data/caveats.ts";
import { inferenceModel } from "../../graph/inference.ts";
import { sizeOf } from "../../graph/shape.ts";
import { trainingGraph } from "../../graph/training-step.ts";
import { argmax } from "../../metrics/argmax.ts";
import { chooseModels } from "../../recognize/choose-models.ts";
import { contractFromModel } from "../../recognize/contract-file.ts";
import { parseTrainConfig } from "../config.ts";
import { runTraining } from "../run.ts";
import { encodeSafetensors } from "../safetensors.ts";
import { configureMultimodalParts } from "./multimodal-config.ts";
import { multimodalAnswers, multimodalLogits } from "./multimodals.ts";

async function prepared(config: object = TINY_MULTIMODAL, more: Readonly<Record<string, Uint8Array>> = {}) {
  const files = temporaryFiles({ "train.json": JSON.stringify(config), ...more });
  return { files, manifest: await tinyComposed(files), ports: tinyPorts(files) };
}

/** All seven. */
const SUBSETS = Array.from({ length: 7 }, (_, bits) => MODALITIES.filter((_modality, at) => ((bits + 1) >> at) % 2));

const run = { config: "train.json", root: ".", out: "run", command: "affekt train train.json" };

describe("one network from text, face and voice", () => {
  test("learns end to end from composed rows, and answers every subset of the modalities", async () => {
    const { manifest, ports } = await prepared();
    const { history, weights, model, caveats } = await runTraining(run, ports);
    expect(history.at(-1)?.loss).toBeLessThan((history[0]?.loss as number) * 0.8);
    // The model does not lie among those that a recognizer opens.
    expect(model).toBe("run/model.onnx");
    const contract = contractFromModel(await ports.files.readBytes("run/model.onnx"));
    expect(contract.modality).toBe("multimodal");
    // What its rows are stands beside every number that they gave.
    expect(caveats).toEqual([PAIRING_CAVEAT]);
    expect(contract.caveats).toEqual([PAIRING_CAVEAT]);
    const page = await ports.files.readText("run/report.html");
    expect(page).toContain(PAIRING_CAVEAT);
    expect(page).toContain("人为配对：");
    expect(contract.input.inputs).toMatchObject({ tokens: "tokens", pixels: "pixels", presence: "presence" });
    expect(() => chooseModels([{ contract }], { ids: ["tiny"] })).toThrow("reads text, face and voice in one network");

    const { task, options, load } = await configureMultimodalParts(
      parseTrainConfig(TINY_MULTIMODAL),
      [manifest],
      ports,
    );
    const set = await load("test");
    expect(set.rows).toBe(10);
    const session = await ports.runtime.open(inferenceModel(task.infer, weights));
    const answers = new Set<string>();
    for (const subset of SUBSETS) {
      const logits = await multimodalLogits(session, set, options, subset);
      expect(logits.every(Number.isFinite)).toBe(true);
      answers.add(logits.join());
    }
    await session.release();
    expect(answers.size).toBe(7);
  });

  test("learns further columns along, of mixtures too, and its model answers them from every subset", async () => {
    const columns = { numbers: ["arousal"], categories: ["intensity"] };
    const config = {
      ...TINY_MULTIMODAL,
      features: { ...TINY_MULTIMODAL.features, ...columns, mixup: 0.2 },
      network: {
        ...TINY_MULTIMODAL.network,
        face: { kind: "residual", channels: [4, 8] },
        head: { kind: "multi-task", hidden: 8, dropout: 0 },
      },
      training: { ...TINY_MULTIMODAL.training, epochs: 12 },
    };
    const files = temporaryFiles({ "train.json": JSON.stringify(config) });
    // Joy is aroused and strong; every fifth row lacks both columns.
    const manifest = await tinyComposed(files, ({ label }, at) => {
      const joy = label === "joy";
      return at % 5 === 0 ? {} : { arousal: Number(joy) + 0.1 * (at % 3), intensity: joy ? "strong" : "normal" };
    });
    const ports = tinyPorts(files);
    const { history, weights, best } = await runTraining(run, ports);
    expect(history.at(-1)?.loss).toBeLessThan(history[0]?.loss as number);
    expect(best.metrics["accuracy"]).toBeGreaterThan(0.9);
    expect(best.metrics["arousal ccc"]).toBeGreaterThan(0.3);
    expect(best.metrics["intensity accuracy"]).toBeGreaterThan(0.9);
    for (const task of ["label", "number-1", "category-1"]) {
      expect(weights.get(`head.${task}.logVariance`)?.[0]).not.toBe(0);
    }
    expect(await files.readText("run/report.html")).toContain("intensity accuracy");

    const bytes = await files.readBytes("run/model.onnx");
    const contract = contractFromModel(bytes);
    expect(contract.columns).toMatchObject([
      { field: "arousal", output: "number-1" },
      { field: "intensity", output: "category-1", values: ["normal", "strong"] },
    ]);
    expect(contract.metrics).toHaveProperty("arousal ccc");
    const { options, load } = await configureMultimodalParts(parseTrainConfig(config), [manifest], ports);
    const set = await load("test");
    const session = await ports.runtime.open(bytes);
    const sizes = { logits: 2, "number-1": 1, "category-1": 2 };
    const said = await Promise.all(SUBSETS.map((given) => multimodalAnswers(session, set, options, sizes, given)));
    await session.release();
    for (const name of ["logits", "number-1", "category-1"] as const) {
      const answers = said.map((answer) => answer[name]);
      for (const answer of answers) expect(answer).toHaveLength(10 * sizes[name]);
      expect(answers.every((answer) => answer.every(Number.isFinite))).toBe(true);
      expect(new Set(answers.map(String)).size).toBe(7);
    }
    const all = said[6] as (typeof said)[number];
    const strong = argmax(all["category-1"], 2);
    // In order of the labels, joy and strong come second.
    expect(strong.filter((value, row) => value === set.truth[row]).length).toBeGreaterThanOrEqual(9);
  });

  test("voices and faces hold half of the memory each at most, however often a split is loaded", async () => {
    const heldBytes = 20_000;
    const { manifest, ports } = await prepared();
    const config = parseTrainConfig(TINY_MULTIMODAL);
    const { load, held } = await configureMultimodalParts(config, [manifest], { ...ports, heldBytes });
    for (const split of ["train", "test", "train"] as const) {
      const { face, speech, rows } = await load(split);
      let read = 0;
      for await (const _crop of face.read(face.crops)) read++;
      for await (const _voice of speech.read(speech.clips)) read++;
      expect(read).toBe(2 * rows);
    }
    expect(held().speech).toBeLessThanOrEqual(heldBytes / 2);
    expect(held().face).toBeLessThanOrEqual(heldBytes / 2);
    // Both would need more.
    expect(Math.min(held().speech, held().face)).toBeGreaterThan(heldBytes / 4);
  });

  test("columns without a head for them are refused", async () => {
    const { ports } = await prepared({
      ...TINY_MULTIMODAL,
      features: { ...TINY_MULTIMODAL.features, numbers: ["arousal"], categories: ["intensity"] },
    });
    await expect(runTraining(run, ports)).rejects.toThrow("features names the columns arousal, intensity");
  });

  test.each(["mlp", "attention", "cross-modal"])("takes the fusion %s, and any encoder of the tables", async (kind) => {
    const network = {
      text: { kind: "wide-deep", tokenDim: 4, hidden: 4, heads: 1 },
      face: { kind: "residual", channels: [4, 8] },
      speech: { kind: "crnn", channels: [4], hidden: 4 },
      fusion: { kind, dim: 8, ...(kind === "cross-modal" ? { heads: 2 } : {}) },
    };
    const training = { ...TINY_MULTIMODAL.training, epochs: 1 };
    const { ports } = await prepared({ ...TINY_MULTIMODAL, network, training });
    expect((await runTraining(run, ports)).best.score).toBeGreaterThanOrEqual(0);
    const bytes = await ports.files.readBytes("run/model.onnx");
    const session = await ports.runtime.open(bytes);
    const told = kind === "attention";
    expect([contractFromModel(bytes).outputs.weights, session.outputs.includes("weights")]).toEqual([
      told ? "weights" : undefined,
      told,
    ]);
    await session.release();
  });

  test("an encoder starts from a file of its own, and may stay as it is", async () => {
    const kernel = new Float32Array(4 * 9).fill(0.5);
    const start = encodeSafetensors({ arrays: new Map([["conv1_1.weight", kernel]]), metadata: {} });
    const training = { ...TINY_MULTIMODAL.training, epochs: 1, start: { face: "face.safetensors" }, frozen: ["face."] };
    const { ports } = await prepared({ ...TINY_MULTIMODAL, training }, { "face.safetensors": start });
    let loaded: readonly string[] = [];
    const { weights } = await runTraining(run, ports, { warmStarted: (given) => void (loaded = given.loaded) });
    expect(loaded).toEqual(["face.conv1_1.weight"]);
    expect(weights.get("face.conv1_1.weight")).toEqual(kernel);
  });

  test("the article's configuration is the article's network", async () => {
    const config = parseTrainConfig(JSON.parse(readFileSync(`${ROOT}/models/article/train.json`, "utf8")));
    expect(config.training).toMatchObject({ epochs: 10, batch: 32, optimizer: "adam" });
    const files = temporaryFiles();
    const labels = TINY_LABELS;
    const parts = await configureMultimodalParts({ ...config, labels }, [await tinyComposed(files)], tinyPorts(files));
    const { encoders, fusion, head } = parts.options.network;
    expect([encoders.text.kind, encoders.face.kind, encoders.speech.kind]).toEqual([
      "subword-lstm",
      "vgg16",
      "mfcc-lstm",
    ]);
    expect([fusion.kind, head.kind]).toEqual(["linear", "softmax"]);
    // VGG16's convolutions: 14,714,688 weights with RGB (torchvision), 64 · 2 · 9 fewer with one channel.
    const { graph } = trainingGraph(parts.task.define(1));
    let convolutions = 0;
    for (const { name, shape } of graph.parameters.values()) {
      if (name.startsWith("face.conv")) convolutions += sizeOf(shape);
    }
    expect(convolutions).toBe(14_714_688 - 64 * 2 * 9);
  });
});
