/**
 * Learning-rate schedules: the rate of each update of a run whose length is known.
 *
 * A schedule is a pure function of the update and of the epochs finished so far. What reduce-on-plateau must remember
 * is in those epochs, which a checkpoint holds anyway, so a resumed run has the rates that it would have had.
 */

export interface ScheduleOptions {
  /** Highest rate. */
  readonly learningRate: number;
  /** Updates of the whole run. */
  readonly steps: number;
  /** Updates of one epoch. */
  readonly stepsPerEpoch: number;
  /** Share of the steps in which the rate rises. Default 0.05 for cosine, 0.25 for one-cycle, else 0. */
  readonly warmUp?: number;
}

/** What a schedule may look back at. */
export interface PastEpoch {
  /** On the validation rows; higher is better. */
  readonly score: number;
}

/** Rate of update `step`, counted from 0, after the epochs in `past`. */
export type Schedule = (step: number, past: readonly PastEpoch[]) => number;

function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(1, share)))) / 2;
}

/** Share of the full rate in a linear rise over the first `rise` updates. */
function risen(step: number, rise: number): number {
  return Math.min(1, rise === 0 ? 1 : (step + 1) / rise);
}

/** Rises to the full rate over the warm-up, then stays. */
export function constantRate({ learningRate, steps, warmUp = 0 }: ScheduleOptions): Schedule {
  return (step) => learningRate * risen(step, warmUp * steps);
}

export interface StepDecayOptions {
  /** Epochs after which the rate falls. Default: half and three quarters of the run. */
  readonly epochs?: readonly number[];
  /** What the rate is multiplied with. Default 0.1. */
  readonly factor?: number;
}

/** Stairs: the rate falls by a factor after certain epochs (He et al. 2016). */
export function stepDecay(options: ScheduleOptions, { epochs, factor = 0.1 }: StepDecayOptions = {}): Schedule {
  const { learningRate, steps, stepsPerEpoch, warmUp = 0 } = options;
  const edges = epochs?.map((epoch) => epoch * stepsPerEpoch) ?? [steps / 2, (steps * 3) / 4];
  return (step) => learningRate * risen(step, warmUp * steps) * factor ** edges.filter((edge) => step >= edge).length;
}

/** Linear warm-up, then half a cosine down to `floor` (Loshchilov & Hutter 2017, without restarts). */
export function cosineDecay({ learningRate, steps, warmUp = 0.05 }: ScheduleOptions, floor = 0): Schedule {
  const rise = Math.max(1, warmUp * steps);
  return (step) =>
    step < rise ? learningRate * risen(step, rise) : cosine(learningRate, floor, (step - rise) / (steps - rise));
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

export interface PlateauOptions {
  /** What the rate is multiplied with. Default 0.5. */
  readonly factor?: number;
  /** Epochs without a better score that are borne; the next one reduces. Default 2. */
  readonly patience?: number;
  /** Share by which a score must be better to count. Default 1e-4. */
  readonly threshold?: number;
  /** Never below. Default 0. */
  readonly floor?: number;
}

/** How often the rate has been reduced after these epochs. */
export function plateaus(past: readonly PastEpoch[], { patience = 2, threshold = 1e-4 }: PlateauOptions = {}): number {
  let best = Number.NEGATIVE_INFINITY;
  let since = 0;
  let count = 0;
  for (const { score } of past) {
    if (best === Number.NEGATIVE_INFINITY || score > best + threshold * Math.abs(best)) {
      best = score;
      since = 0;
    } else if (++since > patience) {
      count++;
      since = 0;
    }
  }
  return count;
}

/** Falls by a factor when the validation score has stopped rising; the rule of PyTorch's ReduceLROnPlateau. */
export function reduceOnPlateau(options: ScheduleOptions, plateau: PlateauOptions = {}): Schedule {
  const { learningRate, steps, warmUp = 0 } = options;
  const { factor = 0.5, floor = 0 } = plateau;
  return (step, past) =>
    Math.max(Math.min(floor, learningRate), learningRate * factor ** plateaus(past, plateau)) *
    risen(step, warmUp * steps);
}
