/** What a training needs to know of its modality: a network, batches, and how to judge it on validation rows. */

import type { Session } from "../core/ports.ts";
import type { Random } from "../core/random.ts";
import type { Tensor } from "../core/tensor.ts";
import type { InferenceDefinition } from "../graph/inference.ts";
import type { TrainingDefinition } from "../graph/training-step.ts";
import type { ContractInput } from "../recognize/contract.ts";

export type Feeds = Readonly<Record<string, Tensor>>;

/** Metrics by name; `score` is the one that selects (higher is better). */
export interface Validation {
  readonly score: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Mean cross-entropy, comparable with the training loss. */
  readonly validationLoss?: number;
  /** `[truth][predicted]` rows, in order of the labels. */
  readonly confusion?: readonly (readonly number[])[];
}

type Known = "contract" | "id" | "version" | "licence" | "sources" | "trained" | "trainingManifestHash";
type OmitFromEach<T> = T extends unknown ? Omit<T, Known> : never;

/** The part of a contract that the modality and its validation rows decide; the run knows the rest. */
export type ContractPart = OmitFromEach<ContractInput>;

export interface TrainingTask {
  readonly stepsPerEpoch: number;
  readonly trainingRows: number;
  readonly validationRows: number;
  /** The network with its loss in an epoch (counted from 1); all epochs share parameters. */
  define(epoch: number): TrainingDefinition;
  readonly infer: InferenceDefinition;
  /**
   * Exactly `stepsPerEpoch` batches; everything random comes from `random`, so an epoch can be drawn again. A batch may
   * be overwritten when the next one is asked for.
   */
  batches(epoch: number, random: Random): Iterable<Feeds> | AsyncIterable<Feeds>;
  /** Judges an inference model on the validation rows. */
  validate(session: Session): Promise<Validation>;
  /** Sentences for whoever waits for the training: what makes it slow, and what to do. Absent where there are none. */
  readonly notes?: readonly string[];
  /** The contract of the final model, calibrated on the validation rows. */
  contract(session: Session): Promise<ContractPart>;
}
