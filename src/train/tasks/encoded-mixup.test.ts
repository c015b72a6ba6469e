import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { TINY_LABELS, tinyPorts, tinyRows } from "../../../test/support/tiny-corpus.ts";
import { TINY_MULTIMODAL, tinyComposed } from "../../../test/support/tiny-multimodal.ts";
import { random } from "../../core/random.ts";
import { float32, floats } from "../../core/tensor.ts";
import type { Manifest } from "../../data/manifest.ts";
import type { Row } from "../../data/row.ts";
import { Graph } from "../../graph/graph.ts";
import { encodeModel } from "../../graph/onnx-write.ts";
import { adamW } from "../../graph/optimize/optimizer.ts";
import { createParameterStore } from "../../graph/optimize/store.ts";
import { openTrainingStep, trainingGraph } from "../../graph/training-step.ts";
import { nodeFiles } from "../../platform/node/files.ts";
import { parseTrainConfig } from "../config.ts";
import { runTraining } from "../run.ts";
import type { Feeds, TrainingTask } from "../task.ts";
import { mixEncoded } from "./encoded-mixup.ts";
import { configureMultimodalParts } from "./multimodal-config.ts";
import { configureTexts } from "./text-config.ts";

const { runtime } = tinyPorts(nodeFiles());

/** The first batch of an epoch, copied, since its arrays are used again. */
async function firstBatch(task: TrainingTask): Promise<Feeds> {
  for await (const feeds of task.batches(1, random(2))) return structuredClone(feeds);
  throw new Error("no batch");
}

/** Loss, logits and weights after one update from the same weights. */
async function updated(task: TrainingTask, feeds: Feeds) {
  const store = createParameterStore(trainingGraph(task.define(1)).graph, {
    optimizer: adamW(),
    random: random(1),
  });
  const step = await openTrainingStep(runtime, store, task.define(1));
  const { loss, outputs } = await step.run(feeds, { learningRate: 0.01 });
  await step.release();
  return { loss, logits: [...floats(outputs["logits"], "logits")], weights: store.weights() };
}

/** The same feeds with each row keeping so much of itself. */
function sharing(feeds: Feeds, share: number): Feeds {
  const rows = floats(feeds["shares"], "shares").length;
  return { ...feeds, shares: float32(new Float32Array(rows).fill(share), [rows, 1]) };
}

/** A training that does not mix, and the same one that does, from one batch of rows that are as they are. */
async function sideBySide(make: (mixup: number) => TrainingTask | Promise<TrainingTask>) {
  const [plain, mixing] = [await make(0), await make(0.5)];
  const feeds = await firstBatch(plain);
  const { shares } = await firstBatch(mixing);
  if (shares === undefined) throw new Error("no shares");
  const whole = sharing({ ...feeds, shares }, 1);
  return { mixing, whole, unmixed: await updated(plain, feeds), left: await updated(mixing, whole) };
}

/** Labels and columns, two numbers a row each, are mixed by the shares. */
function expectMixed(plain: Feeds, mixed: Feeds, shares: readonly number[]): void {
  for (const name of ["targets", "further"]) {
    const [before, after] = [floats(plain[name], name), floats(mixed[name], name)];
    expect(after).not.toEqual(before);
    for (const [row, share] of shares.entries()) {
      const partner = shares.length - 1 - row;
      for (let at = 0; at < 2; at++) {
        const [own, other] = [before[row * 2 + at] as number, before[partner * 2 + at] as number];
        expect(after[row * 2 + at]).toBeCloseTo(share * own + (1 - share) * other, 5);
      }
    }
  }
}

const NO_DROPOUT = { tokenDropout: 0, ngramDropout: 0 };
/** Odd, so that the middle row has no partner. */
const BATCH = 7;
const TEXT = { languages: ["en"], maxTokens: 6, vocabularySize: 300, buckets: 64, ngramLimit: 8, ...NO_DROPOUT };

function textTaskOf(network: object, features: object = {}): Promise<TrainingTask> {
  const config = parseTrainConfig({
    ...{ id: "tiny", version: "0.1.0", modality: "text", labels: TINY_LABELS, data: [{ manifest: "rows.jsonl" }] },
    ...{ features: { ...TEXT, ...features }, network, training: { epochs: 1, batch: BATCH, learningRate: 0.01 } },
  });
  const rows = tinyRows(16).map((row, at): Row => ({ ...row, extra: { arousal: at % 3 } }));
  const header = { name: "tiny", version: "1", labels: TINY_LABELS, licence: "CC0-1.0", terms: "permissive" as const };
  const manifest: Manifest = { header: { ...header, source: "" }, rows, base: "." };
  return configureTexts(config, [manifest], tinyPorts(temporaryFiles()));
}

const small = { tokenDim: 4, hidden: 4, dropout: 0 };
const MULTI_TASK = { kind: "multi-task", hidden: 4, dropout: 0 };

describe("mixup of texts", () => {
  test.each([
    ["n-grams beside subwords", { ...small, heads: 1 }, { auxiliary: 0.5 }],
    ["a bag of words", { kind: "bag-of-words", ...small }, {}],
    ["convolutions", { kind: "subword-cnn", tokenDim: 4, filters: 4, widths: [2, 3], dropout: 0 }, {}],
    ["an LSTM", { kind: "subword-lstm", ...small }, {}],
    ["a transformer", { kind: "subword-transformer", dim: 8, heads: 2, layers: 1, dropout: 0 }, {}],
    ["a head that reads steps", { kind: "subword-lstm", ...small, head: { kind: "rnn", hidden: 4, dropout: 0 } }, {}],
    ["several tasks", { kind: "bag-of-words", ...small, head: MULTI_TASK }, { numbers: ["arousal"] }],
  ])("%s: a row that keeps all of itself learns as without mixup, bit by bit", async (_name, network, features) => {
    const { unmixed, left } = await sideBySide((mixup) => textTaskOf(network, { ...features, mixup }));
    expect(left.loss).toBe(unmixed.loss);
    expect(left.logits).toEqual(unmixed.logits);
    expect(left.weights).toEqual(unmixed.weights);
  });

  test("an encoder's answer to a mixture is the mixture of its answers", async () => {
    const { mixing, whole, left } = await sideBySide((mixup) =>
      textTaskOf({ kind: "subword-lstm", ...small }, { mixup }),
    );
    const { logits } = await updated(mixing, sharing(whole, 0.25));
    for (let row = 0; row < BATCH; row++) {
      for (let label = 0; label < 2; label++) {
        const partner = BATCH - 1 - row;
        const [own, other] = [left.logits[row * 2 + label] as number, left.logits[partner * 2 + label] as number];
        expect(logits[row * 2 + label]).toBeCloseTo(0.25 * own + 0.75 * other, 5);
      }
    }
  });

  test("labels and columns are mixed by the shares that the network is fed", async () => {
    const network = { kind: "bag-of-words", ...small, head: MULTI_TASK };
    const make = async (mixup: number) => firstBatch(await textTaskOf(network, { numbers: ["arousal"], mixup }));
    const [plain, mixed] = [await make(0), await make(1)];
    expect(mixed["tokens"]).toEqual(plain["tokens"]);
    const shares = [...floats(mixed["shares"], "shares")];
    const [a, b, c] = shares;
    expect(shares).toEqual([a, b, c, 1, c, b, a]);
    expect(a).toBeLessThan(1);
    expectMixed(plain, mixed, shares);
  });

  test.each(["single", "multi"])(
    "a training of the task %s learns from mixtures, and goes on bit by bit",
    async (task) => {
      const rows = tinyRows(48).map((own, at) => ({ ...own, ...(at % 5 === 0 ? {} : { arousal: at % 2 }) }));
      const config = {
        ...{ id: "tiny", version: "0.1.0", modality: "text", labels: TINY_LABELS, data: [{ manifest: "rows.jsonl" }] },
        features: { ...TEXT, task, mixup: 0.4, numbers: ["arousal"] },
        network: { kind: "bag-of-words", tokenDim: 8, hidden: 8, dropout: 0, head: MULTI_TASK },
        training: { epochs: 8, batch: 8, learningRate: 0.03, threads: 1, optimizer: "adam" },
      };
      const files = temporaryFiles({
        "rows.jsonl": rows.map((own) => JSON.stringify(own)).join("\n"),
        "train.json": JSON.stringify(config),
      });
      const run = (out: string, until?: number) =>
        runTraining(
          { config: "train.json", root: ".", out, command: "made here", ...(until ? { until } : {}) },
          tinyPorts(files),
        );
      const { history, weights } = await run("once");
      expect(history.at(-1)?.loss).toBeLessThan(history[0]?.loss as number);
      expect(history.at(-1)?.metrics[task === "multi" ? "macroF1" : "accuracy"]).toBeGreaterThan(0.9);
      expect(history.at(-1)?.metrics["arousal ccc"]).toBeGreaterThan(0.3);
      await run("twice", 3);
      expect((await run("twice")).weights).toEqual(weights);
    },
  );
});

describe("mixup of text, face and voice in one network", () => {
  const layers = {
    text: { kind: "subword-lstm", ...small },
    face: { kind: "residual", channels: [4, 8], dropout: 0 },
    speech: { kind: "mfcc-lstm", hidden: 8, dropout: 0 },
    auxiliary: 0.5,
  };

  async function multimodalTaskOf(network: object, features: object): Promise<TrainingTask> {
    const files = temporaryFiles();
    const manifest = await tinyComposed(files, (_row, at) => ({ arousal: at % 3 }));
    const { text, ...others } = TINY_MULTIMODAL.features;
    const all = { text: { ...text, ...NO_DROPOUT }, ...others, modalityDropout: 0, ...features };
    const config = parseTrainConfig({ ...TINY_MULTIMODAL, network: { ...layers, ...network }, features: all });
    return (await configureMultimodalParts(config, [manifest], tinyPorts(files))).task;
  }

  test.each([
    ["a sum", { fusion: { kind: "linear", dim: 8 }, head: { kind: "softmax", dropout: 0 } }],
    [
      "sequences that are read in the light of each other",
      {
        fusion: { kind: "cross-modal", dim: 8, heads: 2, convert: true, dropout: 0 },
        head: { kind: "multi-task", dropout: 0 },
      },
    ],
  ])("%s: a row that keeps all of itself learns as without mixup, bit by bit", async (_name, network) => {
    const { mixing, whole, unmixed, left } = await sideBySide((mixup) => multimodalTaskOf(network, { mixup }));
    expect(left.loss).toBe(unmixed.loss);
    expect(left.logits).toEqual(unmixed.logits);
    expect(left.weights).toEqual(unmixed.weights);
    // With none of itself, it answers as its partner does, and loses as much against its partner's label.
    const turned = floats(whole["targets"], "targets").slice().reverse();
    const rows = turned.length / 2;
    for (let row = 0; row < rows; row++) turned.subarray(row * 2, row * 2 + 2).reverse();
    const { loss, logits } = await updated(mixing, { ...sharing(whole, 0), targets: float32(turned, [rows, 2]) });
    expect(loss).toBeCloseTo(left.loss, 4);
    for (let row = 0; row < rows; row++) {
      for (let label = 0; label < 2; label++) {
        expect(logits[row * 2 + label]).toBeCloseTo(left.logits[(rows - 1 - row) * 2 + label] as number, 5);
      }
    }
  });

  test("labels and columns are mixed by the shares that the network is fed, inputs are not", async () => {
    const network = { fusion: { kind: "linear", dim: 8 }, head: MULTI_TASK };
    const make = async (mixup: number) =>
      firstBatch(await multimodalTaskOf(network, { numbers: ["arousal"], modalityDropout: 0.3, mixup }));
    const [plain, mixed] = [await make(0), await make(1)];
    for (const name of ["tokens", "pixels", "features", "presence"]) expect(mixed[name]).toEqual(plain[name]);
    expectMixed(plain, mixed, [...floats(mixed["shares"], "shares")]);
  });

  test("a training that mixes goes on bit by bit", async () => {
    const features = { ...TINY_MULTIMODAL.features, mixup: 0.4, numbers: ["arousal"] };
    const network = { ...layers, fusion: { kind: "attention", dim: 8 }, head: MULTI_TASK };
    const training = { ...TINY_MULTIMODAL.training, epochs: 3 };
    const files = temporaryFiles({
      "train.json": JSON.stringify({ ...TINY_MULTIMODAL, features, network, training }),
    });
    await tinyComposed(files, (_row, at) => ({ arousal: at % 3 }));
    const run = (out: string, until?: number) =>
      runTraining(
        { config: "train.json", root: ".", out, command: "made here", ...(until ? { until } : {}) },
        tinyPorts(files),
      );
    const { weights } = await run("once");
    await run("twice", 1);
    expect((await run("twice")).weights).toEqual(weights);
  });
});

test("a mixed sequence is as long as the longer one, with nothing in the place of what has ended", async () => {
  const graph = new Graph("train");
  const constant = (values: number[], shape: number[]) => graph.constant(Float32Array.from(values), shape);
  const encoded = {
    embedding: constant([1, 3], [2, 1]),
    // What stands in padding does not matter.
    sequence: constant([4, 8, 2, 9], [2, 2, 1]),
    steps: constant([1, 1, 1, 0], [2, 2]),
    logits: constant([0, 4], [2, 1]),
  };
  for (const [name, share] of [
    ["part", 0.25],
    ["whole", 1],
  ] as const) {
    const { embedding, sequence, steps, logits } = mixEncoded(encoded, constant([share, share], [2, 1]));
    for (const [value, node] of Object.entries({ embedding, sequence, steps, logits })) {
      if (node) graph.output(`${name} ${value}`, node);
    }
  }
  const session = await runtime.open(encodeModel(graph.model()));
  const said = await session.run({});
  await session.release();
  const read = (name: string) => [...floats(said[name], name)];
  expect(read("part embedding")).toEqual([2.5, 1.5]);
  expect(read("part logits")).toEqual([3, 1]);
  expect(read("part sequence")).toEqual([2.5, 2, 3.5, 6]);
  expect(read("part steps")).toEqual([1, 1, 1, 1]);
  expect(read("whole sequence")).toEqual([4, 8, 2, 0]);
  expect(read("whole steps")).toEqual([1, 1, 1, 0]);
});
