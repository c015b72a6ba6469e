/** A training from its configuration file to a model file with its contract. */
import { AffektError } from "../core/errors.ts";
import type { Modality } from "../core/modality.ts";
import type { Media, Runtime, WritableFiles } from "../core/ports.ts";
import type { Manifest } from "../data/manifest.ts";
import { folderOf, joinPath } from "../data/paths.ts";
import { prepareDataset } from "../data/prepare.ts";
import { readManifest } from "../data/read.ts";
import { rowRecord } from "../data/row.ts";
import { inferenceModel } from "../graph/inference.ts";
import { adamW, sgd } from "../graph/optimize/optimizer.ts";
import { type ContractInput, contractToMetadata } from "../recognize/contract.ts";
import { parseTrainConfig, type TrainConfig } from "./config.ts";
import { SCHEDULES } from "./schedule.ts";
import type { TrainingTask } from "./task.ts";
import { configureFaces } from "./tasks/face-config.ts";
import { configureSpeech, type SoundPorts } from "./tasks/speech-config.ts";
import { configureTexts } from "./tasks/text-config.ts";
import { type TrainerEvents, type TrainingResult, train } from "./trainer.ts";

export interface TrainingPorts extends SoundPorts {
  readonly runtime: Runtime;
  readonly media: Pick<Media, "picture">;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
  /** Today, as `2026-01-31`. */
  readonly today: string;
  readonly signal?: AbortSignal;
}

export interface RunOptions {
  /** Path of the configuration. */
  readonly config: string;
  /** Folder below which data sets lie. */
  readonly root: string;
  /** Folder for checkpoints and logs. Default `runs/<id>`. */
  readonly out?: string;
  /** Where the model file goes. Default `model.onnx` beside the configuration. */
  readonly model?: string;
  /** The command that a reader can run to get the same weights. */
  readonly command: string;
}

export interface RunResult extends TrainingResult {
  readonly model: string;
  readonly bytes: number;
}

async function manifests(config: TrainConfig, options: RunOptions, files: WritableFiles): Promise<Manifest[]> {
  const found: Manifest[] = [];
  for (const source of config.data) {
    if ("dataset" in source) {
      const { fold } = source;
      const prepared = await prepareDataset(source.dataset, files, {
        root: options.root,
        ...(fold === undefined ? {} : { fold }),
      });
      found.push(prepared.manifest);
    } else {
      const path = joinPath(folderOf(options.config), source.manifest);
      found.push((await readManifest(files, path)).manifest);
    }
  }
  return found;
}

/** One task per modality. */
const CONFIGURE: Readonly<
  Record<Modality, (config: TrainConfig, manifests: readonly Manifest[], ports: TrainingPorts) => Promise<TrainingTask>>
> = {
  face: (config, from, { media }) => configureFaces(config, from, media),
  text: async (config, from) => configureTexts(config, from),
  speech: (config, from, ports) => configureSpeech(config, from, ports),
};

/** Hash of all rows, so that a checkpoint and a model name the data they saw. */
function manifestHash(from: readonly Manifest[], sha256: (text: string) => string): string {
  return sha256(from.map(({ rows }) => sha256(JSON.stringify(rows.map((row) => rowRecord(row))))).join("\n"));
}

/** Reads, trains, calibrates and writes. @throws AffektError `config`, `file`, `manifest`, `label`, `diverged`, … */
export async function runTraining(
  options: RunOptions,
  ports: TrainingPorts,
  events: TrainerEvents & { prepared?(task: TrainingTask): void } = {},
): Promise<RunResult> {
  const { files, runtime, sha256 } = ports;
  let json: unknown;
  try {
    json = JSON.parse(await files.readText(options.config));
  } catch (cause) {
    if (cause instanceof AffektError) throw cause;
    throw new AffektError("config", `${options.config} is not JSON.`, "Check its commas and quotes.", { cause });
  }
  const config = parseTrainConfig(json, options.config);
  const data = await manifests(config, options, files);
  const hash = manifestHash(data, sha256);
  const task = await CONFIGURE[config.modality](config, data, ports);
  events.prepared?.(task);
  const { training } = config;
  const { learningRate, weightDecay, momentum, clipNorm, averageDecay, patience, warmUp } = training;
  const steps = training.epochs * task.stepsPerEpoch;
  const result = await train(
    task,
    {
      epochs: training.epochs,
      optimizer: training.optimizer === "adamw" ? adamW({ weightDecay }) : sgd({ weightDecay, momentum }),
      schedule: SCHEDULES[training.schedule]({ learningRate, steps, ...(warmUp === undefined ? {} : { warmUp }) }),
      seed: training.seed,
      threads: training.threads,
      fingerprint: sha256(JSON.stringify({ ...config, version: null, precision: null, hash })),
      ...(clipNorm === undefined ? {} : { clipNorm }),
      ...(averageDecay === undefined ? {} : { averageDecay }),
      ...(patience === undefined ? {} : { patience }),
    },
    {
      runtime,
      files,
      folder: options.out ?? `runs/${config.id}`,
      now: ports.now,
      ...(ports.signal ? { signal: ports.signal } : {}),
    },
    events,
  );
  const session = await runtime.open(inferenceModel(task.infer, result.weights, { precision: config.precision }), {
    threads: training.threads,
  });
  const part = await task.contract(session);
  await session.release();
  const contract = {
    ...part,
    contract: 1,
    id: config.id,
    version: config.version,
    licence: {
      terms: [...new Set(data.map(({ header }) => header.licence))].join("; "),
      commercial: data.every(({ header }) => header.terms === "permissive"),
    },
    sources: data.map(({ header, rows }) => ({
      name: header.name,
      terms: header.licence,
      commercial: header.terms === "permissive",
      rows: rows.filter(({ split }) => split === "train").length,
    })),
    trainingManifestHash: hash,
    trained: { date: ports.today, command: options.command, seed: training.seed },
  } as ContractInput;
  const metadata = contractToMetadata(contract);
  const bytes = inferenceModel(task.infer, result.weights, { precision: config.precision, metadata });
  const model = options.model ?? joinPath(folderOf(options.config), "model.onnx");
  await files.write(model, bytes);
  return { ...result, model, bytes: bytes.length };
}
