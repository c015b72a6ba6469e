/** Trains one fusion network in memory. */
import type { Modality } from "../../../src/core/modality.ts";
import type { Manifest } from "../../../src/data/manifest.ts";
import type { Split } from "../../../src/data/row.ts";
import type { FusionConfig } from "../../../src/fuse/table.ts";
import { inferenceModel } from "../../../src/graph/inference.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { nodeRuntime } from "../../../src/platform/node/runtime.ts";
import { parseTrainConfig, type TrainConfig } from "../../../src/train/config.ts";
import { configureFusionParts, type FeaturePorts } from "../../../src/train/tasks/fusion-config.ts";
import { sourcedRows } from "../../../src/train/tasks/fusion-set.ts";
import { fusionLogits } from "../../../src/train/tasks/fusions.ts";
import { train } from "../../../src/train/trainer.ts";
import { trainerOptions } from "../../../src/train/trainer-options.ts";

/** A configuration file with another fusion, other labels or another seed. */
export interface Variation {
  readonly fusion: FusionConfig;
  readonly seed: number;
  readonly labels?: readonly string[];
  readonly features?: Readonly<Record<string, string | number | readonly string[]>>;
}

export async function readConfig(path: string): Promise<TrainConfig> {
  return parseTrainConfig(JSON.parse(await nodeFiles().readText(path)), path);
}

export function varied(config: TrainConfig, { fusion, seed, labels, features }: Variation): TrainConfig {
  return {
    ...config,
    labels: [...(labels ?? config.labels)],
    features: JSON.parse(JSON.stringify({ ...config.features, ...features })),
    network: { ...config.network, fusion: { ...fusion } },
    training: { ...config.training, seed },
  };
}

/** Softmax of each row. */
export function probabilities(logits: Float32Array, classes: number): Float64Array {
  const out = Float64Array.from(logits);
  for (let start = 0; start < out.length; start += classes) {
    const row = out.subarray(start, start + classes);
    const top = Math.max(...row);
    let sum = 0;
    for (let at = 0; at < classes; at++) sum += row[at] = Math.exp((row[at] as number) - top);
    for (let at = 0; at < classes; at++) row[at] = (row[at] as number) / sum;
  }
  return out;
}

/** Root of the mean square. */
export function sizeOf(logits: Float32Array): number {
  return Math.sqrt(logits.reduce((sum, value) => sum + value * value, 0) / logits.length);
}

/**
 * Everything but the test rows is for training, whose length is fixed. The copies for validation are judged, as every
 * training judges something, but there is one epoch only and nothing to choose.
 */
export function allForTraining({ rows, ...manifest }: Manifest): Manifest {
  const training = rows.filter(({ split }) => split !== "test");
  return {
    ...manifest,
    rows: [
      ...training.map((row) => ({ ...row, split: "train" as const })),
      ...training.map((row) => ({ ...row, id: `${row.id} again`, split: "validation" as const })),
      ...rows.filter(({ split }) => split === "test"),
    ],
  };
}

export interface TrainedNetwork {
  /** Label of each row of a split. */
  readonly truths: Readonly<Record<Split, Int32Array>>;
  /** Of the test rows. */
  readonly truth: Int32Array;
  /** Of the rows of a split, from these modalities. */
  readonly logits: (given: readonly Modality[], split?: Split) => Promise<Float32Array>;
  /** Probabilities of the test rows, from these modalities. */
  readonly answer: (given: readonly Modality[]) => Promise<Float64Array>;
  readonly close: () => Promise<void>;
}

/** @param npy where the .npy files are */
export async function trainNetwork(
  config: TrainConfig,
  manifest: Manifest,
  npy: FeaturePorts["files"] = nodeFiles(),
): Promise<TrainedNetwork> {
  const runtime = nodeRuntime();
  const { task, options, load } = await configureFusionParts(config, [manifest], { files: npy });
  // Nothing is kept: a network is trained in seconds.
  const files = { ...nodeFiles(), exists: async () => false, write: async () => {} };
  const ports = { runtime, files, folder: ".", now: () => performance.now() };
  const { weights } = await train(task, { ...trainerOptions(config, task), fingerprint: config.id }, ports);
  const session = await runtime.open(inferenceModel(task.infer, weights), { threads: 1 });
  const sets = {
    train: await load(sourcedRows([manifest], "train")),
    validation: await load(sourcedRows([manifest], "validation")),
    test: await load(sourcedRows([manifest], "test")),
  };
  const logits: TrainedNetwork["logits"] = (given, split = "test") =>
    fusionLogits(session, sets[split], options, given);
  return {
    truths: { train: sets.train.truth, validation: sets.validation.truth, test: sets.test.truth },
    truth: sets.test.truth,
    logits,
    answer: async (given) => probabilities(await logits(given), config.labels.length),
    close: () => session.release(),
  };
}
