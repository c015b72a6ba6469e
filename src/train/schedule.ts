/** Learning-rate schedules: the rate of each step of a run whose length is known. */

export type ScheduleName = "constant" | "cosine" | "one-cycle";

export interface ScheduleOptions {
  /** Highest rate. */
  readonly learningRate: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Share of the steps in which the rate rises. Default 0 for constant, 0.05 for cosine, 0.25 for one-cycle. */
  readonly warmUp?: number;
}

/** Rate of step `step`, counted from 0. */
export type Schedule = (step: number) => number;

function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(1, share)))) / 2;
}

/** Rises to the full rate over the warm-up, then stays. */
export function constantRate({ learningRate, steps, warmUp = 0 }: ScheduleOptions): Schedule {
  const rise = warmUp * steps;
  return (step) => learningRate * Math.min(1, rise === 0 ? 1 : (step + 1) / rise);
}

/** Linear warm-up, then half a cosine down to zero (Loshchilov & Hutter 2017, without restarts). */
export function cosineDecay({ learningRate, steps, warmUp = 0.05 }: ScheduleOptions): Schedule {
  const rise = Math.max(1, warmUp * steps);
  return (step) =>
    step < rise ? (learningRate * (step + 1)) / rise : cosine(learningRate, 0, (step - rise) / (steps - rise));
}

/** From a 25th up to the full rate and down to a 10,000th of the start, both as half cosines (Smith & Topin 2019). */
export function oneCycle({ learningRate, steps, warmUp = 0.25 }: ScheduleOptions): Schedule {
  const rise = Math.max(1, warmUp * steps);
  const start = learningRate / 25;
  return (step) =>
    step < rise
      ? cosine(start, learningRate, step / rise)
      : cosine(learningRate, start / 1e4, (step - rise) / Math.max(1, steps - rise));
}

export const SCHEDULES: Readonly<Record<ScheduleName, (options: ScheduleOptions) => Schedule>> = {
  constant: constantRate,
  cosine: cosineDecay,
  "one-cycle": oneCycle,
};
