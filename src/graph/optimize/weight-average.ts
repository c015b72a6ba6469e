/**
 * Moving averages of the weights and of the running statistics, which generalize better than the latest ones.
 *
 * Source: Polyak & Juditsky (1992), Acceleration of stochastic approximation by averaging; here exponential.
 */
import type { Regions } from "./regions.ts";

export interface WeightAverage {
  /** Averaged weights need the statistics of averaged activations: those of the latest weights would not fit them. */
  readonly statistics: ReadonlyMap<string, Float32Array>;
  /** Takes in the weights after an update. @param step updates made so far, this one included */
  follow(step: number): void;
}

/** @param decay share of the old value, in [0, 1) */
export function weightAverage(
  regions: Regions,
  latest: ReadonlyMap<string, Float32Array>,
  decay: number,
): WeightAverage {
  const statistics = new Map([...latest].map(([name, values]) => [name, values.slice()]));
  return {
    statistics,
    follow(step) {
      // Early on, average over all steps so far: the initial weights are forgotten quickly.
      const share = Math.max(1 - decay, 1 / (step + 1));
      regions.kernel.blend(regions.address("average", 0), regions.address("parameter", 0), regions.size, share);
      for (const [name, average] of statistics) {
        const values = latest.get(name) as Float32Array;
        for (let i = 0; i < average.length; i++)
          average[i]! += share * ((values[i] as number) - (average[i] as number));
      }
    },
  };
}
