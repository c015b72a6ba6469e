/** What is known after each epoch: a line of `log.jsonl`, kept in the checkpoint too. */
import type { Validation } from "./task.ts";

export interface EpochReport extends Omit<Validation, "confusion"> {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean over the training batches, as they were trained on: augmented, with dropout. */
  readonly loss: number;
  /** Share of the training rows whose likeliest label was right, measured like the loss; absent without logits. */
  readonly trainingAccuracy?: number;
  /** Of the last update. */
  readonly learningRate: number;
  /**
   * Share of the training time, in [0, 1], in which the network waited for its next batch: drawing, decoding,
   * augmentation. Validation does not count. Absent in the records of older versions.
   */
  readonly waitShare?: number;
  readonly best: boolean;
  readonly seconds: number;
}
