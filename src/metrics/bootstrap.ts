/**
 * Confidence intervals by the percentile bootstrap: draw as many rows with replacement, compute the metric, repeat.
 *
 * Source: Efron & Tibshirani (1993), "An Introduction to the Bootstrap", chapter 13.
 */
import { AffektError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";

export interface BootstrapOptions {
  /** Default 1,000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
  /**
   * Group of each row, numbered from 0. Whole groups are drawn, which is what rows of one speaker or one film need:
   * they are not independent.
   */
  readonly groups?: ArrayLike<number>;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

function membersOf(groups: ArrayLike<number>, rows: number): number[][] {
  const members: number[][] = [];
  for (let row = 0; row < rows; row++) {
    const group = groups[row] as number;
    members[group] ??= [];
    members[group].push(row);
  }
  return members.filter((rowsOfGroup) => rowsOfGroup.length > 0);
}

/** The value at a quantile of sorted values, with linear interpolation (type 7 of Hyndman & Fan 1996). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const value = sorted[low] as number;
  return value + (place - low) * ((sorted[Math.min(low + 1, sorted.length - 1)] as number) - value);
}

/**
 * @param rows how many rows there are
 * @param statistics the metrics of the rows drawn; always the same number of them. A null or NaN is left out.
 * @returns an interval per metric, or null where no resample gave a value
 * @throws AffektError `config` if there are no rows or no resamples
 */
export function bootstrap(
  rows: number,
  statistics: (draw: Int32Array) => readonly (number | null)[],
  generator: Random,
  options: BootstrapOptions = {},
): (Interval | null)[] {
  const { resamples = 1000, confidence = 0.95, groups } = options;
  if (rows < 1 || resamples < 1 || !(confidence > 0 && confidence < 1)) {
    throw new AffektError(
      "config",
      `A bootstrap needs rows, resamples and a confidence in (0, 1); received ${rows}, ${resamples} and ${confidence}.`,
      "Use for example 1,000 resamples and 0.95.",
    );
  }
  const members = groups === undefined ? null : membersOf(groups, rows);
  const values: number[][] = [];
  const fixed = new Int32Array(rows);
  for (let resample = 0; resample < resamples; resample++) {
    let draw = fixed;
    if (members === null) {
      for (let i = 0; i < rows; i++) draw[i] = generator.integer(rows);
    } else {
      draw = Int32Array.from(members.flatMap(() => members[generator.integer(members.length)] as number[]));
    }
    for (const [metric, value] of statistics(draw).entries()) {
      values[metric] ??= [];
      if (value !== null && Number.isFinite(value)) values[metric].push(value);
    }
  }
  const tail = (1 - confidence) / 2;
  return values.map((drawn) => {
    if (drawn.length === 0) return null;
    const sorted = Float64Array.from(drawn).sort();
    return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
  });
}
