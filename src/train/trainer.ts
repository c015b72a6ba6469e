/**
 * The training loop: epochs of updates over a parameter store, validation after each, and a checkpoint from which an
 * interrupted run goes on bit for bit.
 *
 * Everything random in an epoch derives from the seed and the epoch's number, dropout included (the step is opened anew
 * for each epoch), so nothing but arrays and the history needs saving.
 */
import { AffektError } from "../core/errors.ts";
import type { Runtime, WritableFiles } from "../core/ports.ts";
import { random } from "../core/random.ts";
import { inferenceModel } from "../graph/inference.ts";
import type { Optimizer, Penalty } from "../graph/optimize/optimizer.ts";
import { createParameterStore, type Loaded, type ParameterStore } from "../graph/optimize/store.ts";
import { openTrainingStep, trainingGraph } from "../graph/training-step.ts";
import { isBetter } from "./better.ts";
import { checkpointBytes, newProgress, type Progress, restoreCheckpoint } from "./checkpoint.ts";
import { divergenceGuard } from "./divergence.ts";
import type { EpochReport } from "./epoch-report.ts";
import type { Schedule } from "./schedule.ts";
import type { TrainingTask, Validation } from "./task.ts";
import { countHits, NO_HITS } from "./training-accuracy.ts";
import { waitingFor } from "./waiting.ts";

export interface TrainerOptions {
  readonly epochs: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly clipNorm?: number;
  readonly penalty?: Penalty;
  /** Batches whose mean gradient makes one update. Default 1. */
  readonly accumulate?: number;
  /** What the learning rate of a parameter is multiplied with; 0 freezes it. */
  readonly rateOf?: (name: string) => number;
  /** Weights to start from, by name; what has no counterpart starts at random. */
  readonly start?: ReadonlyMap<string, Float32Array>;
  /** Share of the old value in the moving average of weights that is validated and exported. */
  readonly averageDecay?: number;
  /** Stop after this many epochs without a better score, or the same at a lower validation loss. */
  readonly patience?: number;
  /** Pause after this epoch; the schedule stays that of the whole run, and the run can go on later. */
  readonly until?: number;
  /** Of the runtime. Default 1. */
  readonly threads?: number;
  /** Identifies configuration and data; a checkpoint of another run is refused. */
  readonly fingerprint: string;
}

export interface TrainerEvents {
  step?(progress: {
    readonly epoch: number;
    readonly step: number;
    readonly steps: number;
    readonly loss: number;
  }): void;
  epoch?(report: EpochReport, history: readonly EpochReport[]): void | Promise<void>;
  resumed?(epoch: number): void;
  /** The weights to start from have been taken over. */
  warmStarted?(loaded: Loaded): void;
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
  /** False if the run was paused by `until`. */
  readonly finished: boolean;
}

/** Another seed for every epoch of every run. */
function epochSeed(seed: number, epoch: number): number {
  return Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b);
}

/** @throws AffektError `config` if an epoch has too few batches for one update */
export function updatesPerEpoch(task: TrainingTask, accumulate = 1): number {
  const updates = Math.floor(task.stepsPerEpoch / accumulate);
  if (updates >= 1) return updates;
  throw new AffektError(
    "config",
    `${task.trainingRows} training rows make ${task.stepsPerEpoch} batches; an update needs ${accumulate}.`,
    "Lower training.batch or training.accumulate, or add rows.",
  );
}

function startWith(store: ParameterStore, weights: ReadonlyMap<string, Float32Array>): Loaded {
  const loaded = store.load(weights);
  // The first step would diverge, and a lower learning rate would not help.
  const damaged = loaded.loaded.filter((name) => weights.get(name)?.every(Number.isFinite) === false);
  if (damaged.length > 0) {
    const more = damaged.length === 1 ? "" : ` and of ${damaged.length - 1} more`;
    throw new AffektError(
      "checkpoint",
      `The weights to start from are damaged: numbers of ${damaged[0]}${more} are not finite.`,
      "Take an earlier file, or get it anew from where it came from.",
    );
  }
  if (loaded.loaded.length > 0) return loaded;
  const some = (names: Iterable<string>) => [...names].slice(0, 3).join(", ");
  throw new AffektError(
    "checkpoint",
    `No array of the weights to start from fits: they hold ${some(weights.keys())}; the network has ${some(store.names)}.`,
    "Start from weights of the same network, or rename their arrays.",
  );
}

interface Epoch {
  readonly loss: number;
  readonly learningRate: number;
  readonly waitShare: number;
  readonly trainingAccuracy?: number;
}

/**
 * Trains until the last epoch, the patience, `until` or the signal ends it. Goes on from the folder's checkpoint if
 * there is one.
 *
 * @throws AffektError `diverged`, `checkpoint`, `config`, `aborted` (the checkpoint of the last whole epoch stays)
 */
export async function train(
  task: TrainingTask,
  options: TrainerOptions,
  ports: TrainerPorts,
  events: TrainerEvents = {},
): Promise<TrainingResult> {
  const { epochs, optimizer, schedule, seed, clipNorm, penalty, averageDecay, rateOf, start, fingerprint } = options;
  const { accumulate = 1, patience = epochs, until = epochs } = options;
  const { runtime, files, folder, now, signal } = ports;
  const session = { threads: options.threads ?? 1, memoryPattern: false };
  const checkpoint = `${folder}/checkpoint.safetensors`;
  const updates = updatesPerEpoch(task, accumulate);
  const store = createParameterStore(trainingGraph(task.define(1)).graph, {
    optimizer,
    random: random(seed),
    holds: accumulate > 1,
    ...(rateOf ? { rateOf } : {}),
    ...(averageDecay === undefined ? {} : { averageDecay }),
  });
  let progress: Progress = newProgress();
  if (await files.exists(checkpoint)) {
    progress = restoreCheckpoint(await files.readBytes(checkpoint), store, fingerprint, checkpoint);
    events.resumed?.(progress.history.length);
  } else if (start) {
    // Not inside the call: an event that nobody listens to evaluates nothing.
    const loaded = startWith(store, start);
    events.warmStarted?.(loaded);
  }
  const ended = () => {
    const since = progress.history.length - (progress.best?.epoch ?? 0);
    return progress.history.length >= epochs || (progress.best !== undefined && since >= patience);
  };

  async function trainEpoch(epoch: number): Promise<Epoch> {
    const dice = epochSeed(seed, epoch);
    const step = await openTrainingStep(runtime, store, task.define(epoch), { ...session, seed: dice });
    const guard = divergenceGuard(store, epoch, progress.history);
    const steps = updates * accumulate;
    const fixed = { ...(clipNorm === undefined ? {} : { clipNorm }), ...(penalty ? { penalty } : {}) };
    let [total, count, learningRate, hits] = [0, 0, 0, NO_HITS];
    const queue = waitingFor(task.batches(epoch, random(dice)), now);
    try {
      for await (const feeds of queue.items) {
        if (signal?.aborted) {
          throw new AffektError("aborted", `Stopped in epoch ${epoch}.`, "Run the same command again to go on.");
        }
        learningRate = schedule((epoch - 1) * updates + Math.floor(count / accumulate), progress.history);
        const hold = (count + 1) % accumulate !== 0;
        const result = await step.run(feeds, { learningRate, hold, ...fixed });
        count++;
        guard.check(result.loss, result.gradientNorm, count, feeds);
        total += result.loss;
        hits = countHits(hits, result.outputs.logits, feeds.targets);
        events.step?.({ epoch, step: count, steps, loss: total / count });
        // Batches too few for another update are left out.
        if (count === steps) break;
      }
    } finally {
      await step.release();
    }
    const trainingAccuracy = hits.rows > 0 ? { trainingAccuracy: hits.right / hits.rows } : {};
    return { loss: total / count, learningRate, waitShare: queue.share(), ...trainingAccuracy };
  }

  async function validate(weights: ReadonlyMap<string, Float32Array>): Promise<Omit<Validation, "confusion">> {
    const model = await runtime.open(inferenceModel(task.infer, weights), { threads: session.threads });
    try {
      const { confusion: _confusion, ...validation } = await task.validate(model);
      return validation;
    } finally {
      await model.release();
    }
  }

  while (!ended() && progress.history.length < until) {
    const epoch = progress.history.length + 1;
    const started = now();
    const trained = await trainEpoch(epoch);
    const weights = store.weights();
    const validation = await validate(weights);
    const best = isBetter(validation, progress.best);
    const report: EpochReport = { ...validation, epoch, ...trained, best, seconds: (now() - started) / 1000 };
    progress.history.push(report);
    if (best) {
      progress.best = report;
      progress.bestWeights = weights;
    }
    await files.write(checkpoint, checkpointBytes(store, progress, fingerprint));
    await files.write(`${folder}/log.jsonl`, progress.history.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    await events.epoch?.(report, progress.history);
  }
  const { best, bestWeights, history } = progress;
  if (best === undefined) {
    throw new AffektError(
      "diverged",
      history.length === 0 ? "No epoch was trained." : "No epoch had a score: every validation score is NaN.",
      "Check the validation rows, and set training.epochs to at least 1.",
    );
  }
  return { weights: bestWeights, best, history, finished: ended() };
}
