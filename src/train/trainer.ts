/**
 * The training loop: epochs of steps over a parameter store, validation after each, and a checkpoint from which an
 * interrupted run goes on bit for bit.
 *
 * Everything random in an epoch derives from the seed and the epoch's number, dropout included (the step is opened anew
 * for each epoch), so nothing but arrays needs saving.
 */
import { AffektError } from "../core/errors.ts";
import type { Runtime, WritableFiles } from "../core/ports.ts";
import { random } from "../core/random.ts";
import { inferenceModel } from "../graph/inference.ts";
import type { Optimizer } from "../graph/optimize/optimizer.ts";
import { createParameterStore, type ParameterStore } from "../graph/optimize/store.ts";
import { openTrainingStep, trainingGraph } from "../graph/training-step.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import type { Schedule } from "./schedule.ts";
import type { TrainingTask, Validation } from "./task.ts";

export interface TrainerOptions {
  readonly epochs: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly clipNorm?: number;
  /** Share of the old value in the moving average of weights that is validated and exported. */
  readonly averageDecay?: number;
  /** Stop after this many epochs without a better score. */
  readonly patience?: number;
  /** Of the runtime. Default 1. */
  readonly threads?: number;
  /** Identifies configuration and data; a checkpoint of another run is refused. */
  readonly fingerprint: string;
}

export interface EpochReport extends Validation {
  /** Counted from 1. */
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly best: boolean;
  readonly seconds: number;
}

export interface TrainerEvents {
  step?(progress: {
    readonly epoch: number;
    readonly step: number;
    readonly steps: number;
    readonly loss: number;
  }): void;
  epoch?(report: EpochReport): void;
  resumed?(epoch: number): void;
}

export interface TrainerPorts {
  readonly runtime: Runtime;
  readonly files: WritableFiles;
  /** Folder for `checkpoint.safetensors` and `log.jsonl`. */
  readonly folder: string;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

export interface TrainingResult {
  readonly weights: Map<string, Float32Array>;
  readonly best: EpochReport;
  readonly history: readonly EpochReport[];
}

interface Progress {
  history: EpochReport[];
  best: EpochReport | undefined;
  bestWeights: Map<string, Float32Array>;
}

/** Another seed for every epoch of every run. */
function epochSeed(seed: number, epoch: number): number {
  return Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b);
}

function checkpointBytes(store: ParameterStore, progress: Progress, fingerprint: string): Uint8Array {
  const arrays = new Map<string, Float32Array>();
  for (const [name, data] of store.state()) arrays.set(`state/${name}`, data);
  for (const [name, data] of progress.bestWeights) arrays.set(`best/${name}`, data);
  const history = JSON.stringify(progress.history);
  return encodeSafetensors({ arrays, metadata: { fingerprint, history } });
}

function restore(bytes: Uint8Array, store: ParameterStore, fingerprint: string): Progress {
  const { arrays, metadata } = decodeSafetensors(bytes);
  if (metadata.fingerprint !== fingerprint) {
    throw new AffektError(
      "checkpoint",
      "The checkpoint belongs to another configuration or to other data.",
      "Resume with the configuration and data it was made with, or name another output folder.",
    );
  }
  const part = (prefix: string) =>
    new Map(
      [...arrays].filter(([name]) => name.startsWith(prefix)).map(([name, data]) => [name.slice(prefix.length), data]),
    );
  store.restore(part("state/"));
  const history = JSON.parse(metadata.history ?? "[]") as EpochReport[];
  return { history, best: history.findLast(({ best }) => best), bestWeights: part("best/") };
}

function checkFinite(loss: number, norm: number, epoch: number, step: number): void {
  if (Number.isFinite(loss) && Number.isFinite(norm)) return;
  throw new AffektError(
    "diverged",
    `The training diverged in epoch ${epoch}, step ${step}: the loss is ${loss}, the gradient's norm ${norm}.`,
    "Lower the learning rate, lengthen the warm-up or clip the gradient (clipNorm).",
  );
}

/**
 * Trains until the last epoch, the patience or the signal ends it. Goes on from the folder's checkpoint if there is one.
 *
 * @throws AffektError `diverged`, `checkpoint`, `aborted` (the checkpoint of the last whole epoch stays)
 */
export async function train(
  task: TrainingTask,
  options: TrainerOptions,
  ports: TrainerPorts,
  events: TrainerEvents = {},
): Promise<TrainingResult> {
  const { epochs, optimizer, schedule, seed, clipNorm, averageDecay, patience = epochs, fingerprint } = options;
  const { runtime, files, folder, now, signal } = ports;
  const session = { threads: options.threads ?? 1, memoryPattern: false };
  const checkpoint = `${folder}/checkpoint.safetensors`;
  const store = createParameterStore(trainingGraph(task.define(1)).graph, {
    optimizer,
    random: random(seed),
    ...(averageDecay === undefined ? {} : { averageDecay }),
  });
  let progress: Progress = { history: [], best: undefined, bestWeights: new Map() };
  if (await files.exists(checkpoint)) {
    progress = restore(await files.readBytes(checkpoint), store, fingerprint);
    events.resumed?.(progress.history.length);
  }
  const ended = () => {
    const since = progress.history.length - (progress.best?.epoch ?? 0);
    return progress.history.length >= epochs || (progress.best !== undefined && since >= patience);
  };
  while (!ended()) {
    const epoch = progress.history.length + 1;
    const started = now();
    const dice = epochSeed(seed, epoch);
    const step = await openTrainingStep(runtime, store, task.define(epoch), { ...session, seed: dice });
    let total = 0;
    let count = 0;
    let learningRate = 0;
    try {
      for (const feeds of task.batches(epoch, random(dice))) {
        if (signal?.aborted) {
          throw new AffektError("aborted", `Stopped in epoch ${epoch}.`, "Run the same command again to go on.");
        }
        learningRate = schedule((epoch - 1) * task.stepsPerEpoch + count);
        const result = await step.run(feeds, { learningRate, ...(clipNorm === undefined ? {} : { clipNorm }) });
        count++;
        checkFinite(result.loss, result.gradientNorm, epoch, count);
        total += result.loss;
        events.step?.({ epoch, step: count, steps: task.stepsPerEpoch, loss: total / count });
      }
    } finally {
      await step.release();
    }
    const weights = store.weights();
    const model = await runtime.open(inferenceModel(task.infer, weights), { threads: session.threads });
    const validation = await task.validate(model);
    await model.release();
    const best = validation.score > (progress.best?.score ?? Number.NEGATIVE_INFINITY);
    const seconds = (now() - started) / 1000;
    const report: EpochReport = { ...validation, epoch, loss: total / count, learningRate, best, seconds };
    progress.history.push(report);
    if (best) {
      progress.best = report;
      progress.bestWeights = weights;
    }
    await files.write(checkpoint, checkpointBytes(store, progress, fingerprint));
    await files.write(`${folder}/log.jsonl`, progress.history.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    events.epoch?.(report);
  }
  if (progress.best === undefined) {
    throw new AffektError("config", "No epoch was trained.", "Set training.epochs to at least 1.");
  }
  return { weights: progress.bestWeights, best: progress.best, history: progress.history };
}
