/** What one expert thinks of one utterance, before fusion. */
import type { PerModality } from "../core/modality.ts";
import type { Abstention, Scores } from "../core/prediction.ts";
import { logSoftmax } from "./calibrate.ts";
import type { Contract } from "./contract.ts";

export interface Opinion {
  readonly contract: Contract;
  /** Of the contract's labels, in its order; averaged over windows, frames or views. */
  readonly logits: Float32Array;
  /** In [0, 1]: how fit for recognition the signal was. */
  readonly quality: number;
  /**
   * Of the contract's columns, in its order: a standardized number, or a logit for each value. Averaged like the logits;
   * absent where the contract has no columns.
   */
  readonly columns?: readonly Float32Array[];
  /** Of a sound that was asked for its steps: steps of its features, before they were cut into windows. */
  readonly frames?: number;
  /** Of a text that was asked for its steps: subwords of each of its windows. */
  readonly subwords?: readonly number[];
  /** Share of each modality in the answer, where a network of several tells. */
  readonly weights?: PerModality<number>;
  /** Why it should not be trusted, however sure it is: the signal is none that the model was made for. */
  readonly doubt?: Abstention;
}

/** Calibrated log-probabilities of the contract's labels. */
export function logProbabilities({ contract, logits }: Pick<Opinion, "contract" | "logits">): Float64Array {
  return logSoftmax(logits, contract.temperature, contract.bias);
}

/** Labels with their probabilities, highest first; equal ones in order of name. */
export function sortedScores(labels: readonly string[], probabilities: ArrayLike<number>): Scores {
  return labels
    .map((label, index) => ({ label, score: probabilities[index] as number }))
    .sort((a, b) => b.score - a.score || (a.label < b.label ? -1 : 1));
}
