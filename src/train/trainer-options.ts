/** From the configuration of a training to the options of the loop. */
import { AffektError } from "../core/errors.ts";
import { adamW, type Optimizer, sgd } from "../graph/optimize/optimizer.ts";
import { trainingGraph } from "../graph/training-step.ts";
import type { TrainConfig } from "./config.ts";
import { buildSchedule } from "./schedule-config.ts";
import type { TrainingTask } from "./task.ts";
import { type TrainerOptions, updatesPerEpoch } from "./trainer.ts";

type Training = TrainConfig["training"];

const DECAY = 0.01;

function optimizerOf({ optimizer, weightDecay = DECAY, momentum }: Training): Optimizer {
  if (optimizer === "sgd") return sgd({ weightDecay, momentum });
  return adamW({ weightDecay: optimizer === "adam" ? 0 : weightDecay });
}

/**
 * Factors of the learning rate by the beginning of a parameter's name: 0 for frozen ones, else that of the longest
 * beginning that fits.
 *
 * @throws AffektError `config` if a beginning fits no parameter, or nothing is left to train
 */
function ratesOf({ frozen, rates }: Training, names: readonly string[]): (name: string) => number {
  const known = new Map([...Object.entries(rates), ...frozen.map((prefix) => [prefix, 0] as const)]);
  const prefixes = [...known.keys()].sort((a, b) => b.length - a.length);
  const idle = prefixes.find((prefix) => !names.some((name) => name.startsWith(prefix)));
  if (idle !== undefined) {
    const parts = [...new Set(names.map((name) => name.split(".")[0]))];
    throw new AffektError(
      "config",
      `No parameter's name begins with "${idle}".`,
      `The network's parts are ${parts.join(", ")}.`,
    );
  }
  const rateOf = (name: string): number => known.get(prefixes.find((prefix) => name.startsWith(prefix)) ?? "") ?? 1;
  if (names.some((name) => rateOf(name) !== 0)) return rateOf;
  throw new AffektError("config", "Every parameter is frozen: nothing would train.", "Shorten training.frozen.");
}

/** @throws AffektError `config` if an epoch has no whole update, or `frozen` or `rates` name nothing that trains */
export function trainerOptions(config: TrainConfig, task: TrainingTask): Omit<TrainerOptions, "fingerprint"> {
  const { training } = config;
  const { epochs, learningRate, warmUp, accumulate, clipNorm, averageDecay, patience, l1, l2, seed, threads } =
    training;
  const stepsPerEpoch = updatesPerEpoch(task, accumulate);
  const schedule = buildSchedule(training.schedule, {
    learningRate,
    steps: epochs * stepsPerEpoch,
    stepsPerEpoch,
    ...(warmUp === undefined ? {} : { warmUp }),
  });
  const tuned = training.frozen.length > 0 || Object.keys(training.rates).length > 0;
  const names = tuned ? [...trainingGraph(task.define(1)).graph.parameters.keys()] : [];
  return {
    epochs: Math.min(epochs, training.stopAfter ?? epochs),
    optimizer: optimizerOf(training),
    schedule,
    seed,
    threads,
    accumulate,
    ...(tuned ? { rateOf: ratesOf(training, names) } : {}),
    ...(l1 > 0 || l2 > 0 ? { penalty: { l1, l2 } } : {}),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(averageDecay === undefined ? {} : { averageDecay }),
    ...(patience === undefined ? {} : { patience }),
  };
}
