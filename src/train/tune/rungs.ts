/**
 * How long each trial trains: for successive halving, few epochs first, and only the best go on.
 *
 * Source: Jamieson & Talwalkar (2016), Non-stochastic Best Arm Identification and Hyperparameter Optimization.
 */
import { AffektError } from "../../core/errors.ts";

export interface Rung {
  /** Trials train up to this epoch. */
  readonly epochs: number;
  /** How many trials, the best of the rung before. */
  readonly trials: number;
}

export interface RungOptions {
  readonly trials: number;
  /** Of a whole training. */
  readonly epochs: number;
  /** One in so many goes on, for so many times the epochs; 1 for a plain random search. Default 3. */
  readonly keep?: number;
  /** Epochs of the first rung at least. Default 1. */
  readonly least?: number;
}

/** From the shortest to the whole training; at least one trial reaches it. */
export function rungs({ trials, epochs, keep = 3, least = 1 }: RungOptions): Rung[] {
  if (!(Number.isInteger(trials) && trials >= 1) || !(Number.isInteger(keep) && keep >= 1)) {
    throw new AffektError(
      "usage",
      `${trials} trials of which 1 in ${keep} goes on make no search.`,
      "Give whole numbers of at least 1.",
    );
  }
  if (keep === 1) return [{ epochs, trials }];
  // As many halvings as both the trials and the epochs allow.
  let count = 0;
  while (keep ** (count + 1) <= trials && Math.floor(epochs / keep ** (count + 1)) >= least) count++;
  const out: Rung[] = [];
  for (let rung = 0; rung <= count; rung++) {
    out.push({
      epochs: Math.max(1, Math.floor(epochs / keep ** (count - rung))),
      trials: Math.max(1, Math.floor(trials / keep ** rung)),
    });
  }
  return out;
}
