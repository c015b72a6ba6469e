/**
 * By how much the second of two classifiers is better on the same rows, with an interval: rows are drawn once for both,
 * so that rows which are hard for both do not widen it.
 *
 * Source: paired bootstrap of Efron & Tibshirani (1993); for classifiers Berg-Kirkpatrick, Burkett & Klein (2012).
 */
import type { Random } from "../core/random.ts";
import { type BootstrapOptions, bootstrap, type Interval } from "./bootstrap.ts";

export interface PairedDifference {
  readonly first: number;
  readonly second: number;
  /** Second minus first. */
  readonly difference: number;
  /**
   * Of the difference; 0 outside of it means that they differ by more than chance. Null if no resample had a value, or
   * none was asked for.
   */
  readonly interval: Interval | null;
}

/**
 * @param rows how many rows there are
 * @param first metrics of the first classifier on the rows drawn
 * @param second the same metrics of the second
 * @param options 0 resamples for no intervals
 * @returns one difference per metric
 * @throws AffektError `config` if there are no rows
 */
export function pairedDifferences(
  rows: number,
  first: (draw: Int32Array) => readonly number[],
  second: (draw: Int32Array) => readonly number[],
  generator: Random,
  options: BootstrapOptions = {},
): PairedDifference[] {
  const difference = (draw: Int32Array): number[] => {
    const before = first(draw);
    return second(draw).map((value, metric) => value - (before[metric] as number));
  };
  const intervals = options.resamples === 0 ? [] : bootstrap(rows, difference, generator, options);
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const [before, after] = [first(all), second(all)];
  return before.map((value, metric) => ({
    first: value,
    second: after[metric] as number,
    difference: (after[metric] as number) - value,
    interval: intervals[metric] ?? null,
  }));
}
