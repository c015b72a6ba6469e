/** What docs/training.md says that each training offers is what it does. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { random } from "../src/core/random.ts";
import { floats } from "../src/core/tensor.ts";
import type { Manifest } from "../src/data/manifest.ts";
import { Graph } from "../src/graph/graph.ts";
import { sgd } from "../src/graph/optimize/optimizer.ts";
import { createParameterStore } from "../src/graph/optimize/store.ts";
import { trainingGraph } from "../src/graph/training-step.ts";
import { chooseModels } from "../src/recognize/choose-models.ts";
import type { Contract } from "../src/recognize/contract.ts";
import { parseTrainConfig, type TrainConfig } from "../src/train/config.ts";
import type { TrainingPorts } from "../src/train/run.ts";
import type { TrainingTask } from "../src/train/task.ts";
import { configureTask } from "../src/train/tasks/configure.ts";
import { ROOT } from "./house/tree.ts";
import { npyBytes } from "./support/npy.ts";
import { temporaryFiles } from "./support/temp-files.ts";
import { tinyPorts } from "./support/tiny-corpus.ts";
import { TINY_MULTIMODAL, tinyComposed } from "./support/tiny-multimodal.ts";

type Kind = TrainConfig["modality"];

interface Trial {
  readonly features: object;
  /** An encoder, or encoders and a fusion, that give steps. */
  readonly network: object;
  /** What reads these steps, and how its parameters are named. */
  readonly overSteps: object;
  readonly names: RegExp;
}

const rnn = { overSteps: { head: { kind: "rnn", hidden: 4 } }, names: /^head\.lstm1\./u };
const { text, face, speech } = TINY_MULTIMODAL.features;
const layers = {
  text: { kind: "subword-lstm", tokenDim: 4, hidden: 4 },
  face: { kind: "vgg16", width: 1 / 16, hidden: 8 },
  speech: { kind: "mfcc-lstm", hidden: 4 },
};
const plain = { fusion: { kind: "mlp", dim: 8 } };
const crossModal = {
  overSteps: { fusion: { kind: "cross-modal", dim: 8, heads: 2 } },
  names: /^fusion\.speech\.positions$/u,
};

const TRIALS: Readonly<Record<Kind, Trial>> = {
  text: { features: text, network: layers.text, ...rnn },
  face: { features: { ...face, trainSizes: [face.size] }, network: layers.face, ...rnn },
  speech: { features: speech, network: layers.speech, ...rnn },
  fusion: { features: {}, network: plain, ...crossModal },
  multimodal: { features: TINY_MULTIMODAL.features, network: { ...layers, ...plain }, ...crossModal },
};

/** Cells of the table by training and column. */
function told(): Map<string, Readonly<Record<string, string>>> {
  const page = readFileSync(`${ROOT}docs/training.md`, "utf8");
  const lines = page.slice(page.indexOf("<!-- offers -->")).split("\n").slice(2);
  const table = lines.slice(0, lines.indexOf("")).map((line) => line.split("|").map((cell) => cell.trim()));
  const [head = [], , ...rows] = table;
  return new Map(
    rows.map((row) => [
      /`(\w+)`/u.exec(row[1] ?? "")?.[1] ?? "",
      Object.fromEntries(row.map((cell, at) => [head[at] ?? "", cell])),
    ]),
  );
}

/** Rows with all that any training may ask for. */
async function corpus(): Promise<{ readonly manifest: Manifest; readonly ports: TrainingPorts }> {
  const files = temporaryFiles();
  const composed = await tinyComposed(files, (_row, at) => ({ arousal: at % 3, intensity: at % 2 ? "high" : "low" }));
  const rows = composed.rows.map((row, at) => ({ ...row, features: { speech: `speech.npy#row=${at}` } }));
  const steps = Float32Array.from({ length: rows.length * 12 }, (_, at) => Math.sin(at));
  await files.write("set/speech.npy", npyBytes(steps, [rows.length, 4, 3]));
  return { manifest: { ...composed, rows }, ports: tinyPorts(files) };
}

async function taskOf(modality: Kind, features: object, network: object): Promise<TrainingTask> {
  const own = TRIALS[modality];
  const config = parseTrainConfig({
    ...TINY_MULTIMODAL,
    modality,
    features: { ...own.features, ...features },
    network: { ...own.network, ...network },
  });
  const { manifest, ports } = await corpus();
  return configureTask(config, [manifest], ports);
}

/** Names of what the model gives out. */
function outputsOf(task: TrainingTask): string[] {
  const { graph } = trainingGraph(task.define(1));
  const weights = createParameterStore(graph, { optimizer: sgd(), random: random(1) }).weights();
  return Object.keys(task.infer(new Graph("infer", weights)));
}

describe.each(Object.keys(TRIALS) as Kind[])("a training of the modality %s", (modality) => {
  const offered = (column: string): boolean => {
    const cell = told().get(modality)?.[column] ?? "";
    expect(cell, `docs/training.md: ${modality}, ${column}`).toMatch(/^(yes|no)\b/u);
    return cell.startsWith("yes");
  };
  const offers = async (column: string, works: () => Promise<boolean>) => expect(await works()).toBe(offered(column));

  test("learns further columns, and its model answers them, if the table says so", () =>
    offers("Further columns", async () => {
      const columns = { numbers: ["arousal"], categories: ["intensity"] };
      const outputs = outputsOf(await taskOf(modality, columns, { head: { kind: "multi-task" } }));
      return outputs.includes("number-1") && outputs.includes("category-1");
    }));

  test("mixes labels, if the table says so", () =>
    offers("Mixup", async () => {
      const task = await taskOf(modality, { mixup: 1 }, {});
      for await (const { targets } of task.batches(1, random(1))) {
        return floats(targets, "targets").some((share) => share > 0.01 && share < 0.99);
      }
      throw new Error("no batch");
    }));

  test("reads steps, if the table says so", () =>
    offers("Reads steps", async () => {
      const { overSteps, names } = TRIALS[modality];
      const { graph } = trainingGraph((await taskOf(modality, {}, overSteps)).define(1));
      return [...graph.parameters.keys()].some((name) => names.test(name));
    }));

  test("gives steps out, if the table says so", () =>
    offers("Gives steps out", async () => outputsOf(await taskOf(modality, {}, {})).includes("sequence")));

  test("makes models that a recognizer pools, if the table says so", () =>
    offers("Pooled", async () => {
      const input = { languages: ["en"] };
      const licence = { commercial: true };
      const contract = { id: "tiny", modality, input, licence, sources: [] } as unknown as Contract;
      try {
        return Object.values(chooseModels([{ contract }], { ids: ["tiny"] })).some((models) => models.length > 0);
      } catch {
        return false;
      }
    }));
});

test("the table has a row for every training", () => {
  expect([...told().keys()]).toEqual(Object.keys(TRIALS));
});
