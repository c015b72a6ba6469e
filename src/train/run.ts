/** A training from its configuration file to a model file with its contract, or to the scores of k folds. */
import type { Runtime, Scratch, TextHash, WritableFiles } from "../core/ports.ts";
import { folderOf, joinPath } from "../data/paths.ts";
import type { Problem } from "../data/row.ts";
import type { Loaded } from "../graph/optimize/store.ts";
import type { TrainConfig } from "./config.ts";
import { exportModel } from "./export-model.ts";
import { type FoldScore, type FoldSummary, summarizeFolds } from "./folds.ts";
import type { UncoveredLabels } from "./label-cover.ts";
import { readTrainConfig } from "./read-config.ts";
import { trainingReport } from "./report/page.ts";
import { earlierStage, readStart } from "./start.ts";
import { streamedData } from "./streamed-data.ts";
import type { TrainingTask } from "./task.ts";
import type { TaskPorts } from "./tasks/configure.ts";
import { type Undecodable, undecodableError } from "./tasks/undecodable.ts";
import { type TrainerEvents, type TrainingResult, train, updatesPerEpoch } from "./trainer.ts";
import { trainerOptions } from "./trainer-options.ts";
import { heldData, type SplitData, type TrainingData } from "./training-data.ts";

export interface TrainingPorts extends TaskPorts {
  readonly runtime: Runtime;
  readonly textHash: () => TextHash;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
  /** Today, as `2026-01-31`. */
  readonly today: string;
  readonly signal?: AbortSignal;
  /** Lets what waits in this process have its turn, such as an interrupt. */
  readonly turn?: () => Promise<void>;
}

export interface RunOptions {
  /** Path of the configuration. */
  readonly config: string;
  /** Folder below which data sets lie. */
  readonly root: string;
  /** Folder for checkpoints, logs and the report. Default `runs/<id>`. */
  readonly out?: string;
  /**
   * Where the model file goes. Default `model.onnx` beside the configuration, for a multimodal network in `out`; with
   * folds, in the folder of each.
   */
  readonly model?: string;
  /** What the report shows first. Default `en`. */
  readonly language?: "en" | "zh";
  /** The command that a reader can run to get the same weights. */
  readonly command: string;
  /** What else the command was given, for the report: paths of this machine do not belong into a model. */
  readonly given?: string;
  /** Pause after this epoch, without a model; the same run goes on from there. */
  readonly until?: number;
  /**
   * A broken row, or one whose media cannot be decoded, is an error. Default false: it is left out, and `leftOut` or
   * `undecodable` tells.
   */
  readonly strict?: boolean;
}

export interface RunEvents extends TrainerEvents {
  /** Rows of the sources that are not trained on: broken ones, and those that a cleaning dropped. */
  leftOut?(problems: readonly Problem[]): void | Promise<void>;
  /** A row that is left out because its media cannot be decoded; each once. */
  undecodable?(row: Undecodable): void;
  /** Labels of the configuration that no row to train on, or to select on, has. */
  uncovered?(labels: UncoveredLabels): void;
  prepared?(task: TrainingTask): void;
  /** An earlier training begins, from which this one starts. */
  stage?(id: string): void;
  /** The training of a fold begins. */
  fold?(fold: number, folds: number): void;
}

export interface RunResult extends TrainingResult {
  /** Path of the model file, and its size; absent if the run was paused or made of folds. */
  readonly model?: string;
  readonly bytes?: number;
  /** With folds. The rest of the result is that of the last fold. */
  readonly folds?: FoldSummary;
  /** Rows that were left out because their media cannot be decoded; absent where there were none. */
  readonly undecodable?: readonly Undecodable[];
  /** Sentences that have to stand beside the scores; absent where there are none. */
  readonly caveats?: readonly string[];
}

interface Job {
  readonly config: TrainConfig;
  readonly data: TrainingData;
  /** Counted from 1; without folds, rows to select on are set apart. */
  readonly fold?: number;
  /** No other training needs the rows after this one. */
  readonly last: boolean;
  /** Folder of this training. */
  readonly folder: string;
  readonly model: string;
  /** Broken rows of the data. */
  readonly broken: number;
  /** Rows that turned out to be undecodable so far. */
  readonly undecodable: () => readonly Undecodable[];
}

function splitOf({ data, fold }: Job): Promise<SplitData> {
  return fold === undefined ? data.validated() : data.folded(fold);
}

/** The task, once no more is needed of the rows than what it has taken over. */
async function prepared({ last }: Job, split: SplitData, options: RunOptions, ports: TrainingPorts, events: RunEvents) {
  const { sources } = split;
  const uncovered = split.uncovered();
  if (uncovered.training.length + uncovered.validation.length > 0) events.uncovered?.(uncovered);
  const task = await split.configure({ ...ports, folder: folderOf(options.config) }, last);
  events.prepared?.(task);
  return { task, sources, uncovered };
}

/** Trains, and gives back the room on the disk that it took for the time it ran. */
async function trainOne(job: Job, options: RunOptions, ports: TrainingPorts, events: RunEvents): Promise<RunResult> {
  const opened: Scratch[] = [];
  async function scratch(folder: string): Promise<Scratch> {
    const file = await ports.files.scratch(folder);
    opened.push(file);
    return file;
  }
  try {
    return await trainPart(job, options, { ...ports, files: { ...ports.files, scratch } }, events);
  } finally {
    for (const file of opened) await file.close();
  }
}

async function trainPart(job: Job, options: RunOptions, ports: TrainingPorts, events: RunEvents): Promise<RunResult> {
  const { config, data, fold, folder, model } = job;
  const { hash, caveats } = data;
  const { files, runtime, sha256, now, signal, today } = ports;
  const { task, sources, uncovered } = await prepared(job, await splitOf(job), options, ports, events);
  const start = await readStart(config, options.config, files, folder);
  const trainer = trainerOptions(config, task);
  const { folds: _folds, ...trained } = config;
  const identity = {
    ...trained,
    version: null,
    precision: null,
    hash,
    fold: fold ?? null,
    start: start?.sha256 ?? null,
  };
  let loaded: Loaded | undefined;
  const updates = updatesPerEpoch(task, trainer.accumulate);
  const { broken, undecodable } = job;
  const { command, given, language } = options;
  const about = {
    config,
    task,
    uncovered,
    command: given === undefined ? command : `${command} ${given}`,
    today,
    schedule: trainer.schedule,
    updates,
    caveats,
    ...(language ? { language } : {}),
  };
  const leftOut = () => ({ broken, undecodable: undecodable() });
  const withReport: RunEvents = {
    ...events,
    warmStarted(given) {
      loaded = given;
      events.warmStarted?.(given);
    },
    async epoch(report, history) {
      await files.write(
        joinPath(folder, "report.html"),
        trainingReport({ ...about, history, loaded, leftOut: leftOut() }),
      );
      await events.epoch?.(report, history);
    },
  };
  const result = await train(
    task,
    {
      ...trainer,
      fingerprint: sha256(JSON.stringify(identity)),
      ...(start ? { start: start.weights } : {}),
      ...(options.until === undefined ? {} : { until: options.until }),
    },
    { runtime, files, folder, now, ...(signal ? { signal } : {}) },
    withReport,
  );
  const lost = undecodable();
  const without = {
    ...(lost.length > 0 ? { undecodable: lost } : {}),
    ...(caveats.length > 0 ? { caveats } : {}),
  };
  if (!result.finished) return { ...result, ...without };
  const exported = await exportModel(task, result.weights, ports, {
    path: model,
    config,
    sources,
    caveats,
    manifestHash: hash,
    today,
    command,
    history: result.history,
  });
  const { history } = result;
  const { confusion } = exported.validation;
  const page = trainingReport({ ...about, history, loaded, confusion, leftOut: leftOut() });
  await files.write(joinPath(folder, "report.html"), page);
  return { ...result, model, bytes: exported.bytes, ...without };
}

async function trainFolds(
  job: Omit<Job, "fold" | "last" | "model">,
  folds: number,
  options: RunOptions,
  ports: TrainingPorts,
  events: RunEvents,
): Promise<RunResult> {
  const scores: FoldScore[] = [];
  let last: RunResult | undefined;
  for (let fold = 1; fold <= folds; fold++) {
    events.fold?.(fold, folds);
    const folder = joinPath(job.folder, `fold${fold}`);
    const model = joinPath(folder, "model.onnx");
    last = await trainOne({ ...job, fold, last: fold === folds, folder, model }, options, ports, events);
    const { score, metrics, epoch } = last.best;
    scores.push({ fold, epoch, score, metrics });
  }
  const summary = summarizeFolds(scores);
  const { caveats } = job.data;
  const told = caveats.length > 0 ? { ...summary, caveats } : summary;
  await ports.files.write(joinPath(job.folder, "folds.json"), `${JSON.stringify(told, null, 2)}\n`);
  const { model: _model, bytes: _bytes, ...rest } = last as RunResult;
  return { ...rest, folds: summary };
}

/**
 * Trains what a configuration starts from, if that is a configuration too and its model does not stand yet in a folder
 * of its own within `folder`.
 */
async function trainEarlier(
  config: TrainConfig,
  folder: string,
  options: RunOptions,
  ports: TrainingPorts,
  events: RunEvents,
): Promise<void> {
  const earlier = earlierStage(config, options.config, folder);
  if (earlier === undefined) return;
  const { id } = await readTrainConfig(ports.files, earlier.config);
  const out = earlier.folder;
  const model = joinPath(out, "model.onnx");
  if (await ports.files.exists(model)) return;
  const { until: _until, ...rest } = options;
  // What that one starts from is trained in its turn.
  events.stage?.(id);
  await runTraining({ ...rest, config: earlier.config, out, model }, ports, events);
}

/** Where the model of a training without folds goes. */
function modelPath({ modality }: TrainConfig, folder: string, { config, model }: RunOptions): string {
  // A recognizer serves one network per modality: a model of all three does not belong among those that it opens.
  const place = modality === "multimodal" ? folder : folderOf(config);
  return model ?? joinPath(place, "model.onnx");
}

/** Finds out now, and not after hours of training, that its results cannot be kept. @throws AffektError `file` */
async function seeThatItCanBeWritten(
  config: TrainConfig,
  folder: string,
  options: RunOptions,
  files: WritableFiles,
): Promise<void> {
  const first = config.folds === undefined ? folder : joinPath(folder, "fold1");
  await files.readyToWrite(joinPath(first, "checkpoint.safetensors"));
  if (config.folds === undefined) await files.readyToWrite(modelPath(config, folder, options));
}

/** As `runTraining`, in a folder that is taken. */
async function trainIn(
  folder: string,
  config: TrainConfig,
  options: RunOptions,
  ports: TrainingPorts,
  events: RunEvents,
): Promise<RunResult> {
  await trainEarlier(config, folder, options, ports, events);
  // Rows of texts are many and small; those of media lead to what is much larger, and are gone over in any order.
  const load = config.modality === "text" ? streamedData : heldData;
  const data = await load(config, options, ports);
  const { problems } = data;
  await events.leftOut?.(problems);
  const undecodable = new Map<string, Undecodable>();
  const listening: TrainingPorts = {
    ...ports,
    undecodable(row) {
      if (options.strict === true) throw undecodableError(row, "Mend the file, or go on without --strict.");
      // Folds and epochs meet a row again; another source may have a row of the same id, whose file is another.
      const key = JSON.stringify([row.id, row.reason]);
      if (undecodable.has(key)) return;
      undecodable.set(key, row);
      events.undecodable?.(row);
    },
  };
  const common = {
    config,
    data,
    folder,
    broken: problems.filter(({ code }) => code !== "dropped").length,
    undecodable: () => [...undecodable.values()],
  };
  if (config.folds !== undefined) {
    return trainFolds(common, config.folds, options, listening, events);
  }
  return trainOne({ ...common, last: true, model: modelPath(config, folder, options) }, options, listening, events);
}

/**
 * Reads, trains, calibrates and writes.
 *
 * @throws AffektError `config`, `file`, `manifest`, `label`, `diverged`, …; `conflict` if another training is at work in
 *   the folder
 */
export async function runTraining(
  options: RunOptions,
  ports: TrainingPorts,
  events: RunEvents = {},
): Promise<RunResult> {
  const config = await readTrainConfig(ports.files, options.config);
  const folder = options.out ?? `runs/${config.id}`;
  await seeThatItCanBeWritten(config, folder, options, ports.files);
  // Two trainings in one folder would write over each other's checkpoints.
  const release = await ports.files.claim(folder);
  try {
    return await trainIn(folder, config, options, ports, events);
  } finally {
    await release();
  }
}
