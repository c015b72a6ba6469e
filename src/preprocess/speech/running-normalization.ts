/**
 * Mean and deviation per band: over a clip, over all clips of a speaker, or over what a stream has brought so far.
 *
 * Emotion shifts a voice by less than voices differ, so features are normalized per speaker. Where the speaker's other
 * clips are known (a data set), their statistics are used; in a stream the estimate runs along.
 *
 * Source: B. P. Welford (1962); merging of two estimates: Chan, Golub & LeVeque (1979).
 */
import { AffektError } from "../../core/errors.ts";
import type { Features } from "../../core/media.ts";

/** Plain data, so that it can be stored with a model. */
export interface BandStatistics {
  /** Steps seen. */
  readonly count: number;
  readonly mean: Float64Array;
  /** Sum of squared differences from the mean. */
  readonly squares: Float64Array;
}

/** Keeps a band that hardly moves (silence, digital zero) from being blown up. */
const MIN_DEVIATION = 1e-3;

export function emptyStatistics(bands: number): BandStatistics {
  return { count: 0, mean: new Float64Array(bands), squares: new Float64Array(bands) };
}

function checkBands(expected: number, received: number): void {
  if (expected === received) return;
  throw new AffektError(
    "shape",
    `These statistics are of ${expected} bands; received ${received}.`,
    "Compute the features with the settings that the statistics were made with.",
  );
}

/** Statistics of one clip. */
export function bandStatistics(features: Features): BandStatistics {
  const { data, steps, bands } = features;
  const mean = new Float64Array(bands);
  const squares = new Float64Array(bands);
  for (let step = 0, at = 0; step < steps; step++) {
    for (let band = 0; band < bands; band++, at++) {
      const difference = data[at]! - mean[band]!;
      mean[band] = mean[band]! + difference / (step + 1);
      squares[band] = squares[band]! + difference * (data[at]! - mean[band]!);
    }
  }
  return { count: steps, mean, squares };
}

/** Statistics of two sets of steps taken together. @throws AffektError `shape` */
export function mergeStatistics(a: BandStatistics, b: BandStatistics): BandStatistics {
  checkBands(a.mean.length, b.mean.length);
  const count = a.count + b.count;
  if (count === 0) return a;
  const share = b.count / count;
  const mean = a.mean.map((value, band) => value + (b.mean[band]! - value) * share);
  const squares = a.squares.map(
    (value, band) => value + b.squares[band]! + (b.mean[band]! - a.mean[band]!) ** 2 * a.count * share,
  );
  return { count, mean, squares };
}

/** Statistics per speaker over a whole set of clips. */
export function speakerStatistics(
  clips: Iterable<{ readonly speaker: string; readonly features: Features }>,
): Map<string, BandStatistics> {
  const bySpeaker = new Map<string, BandStatistics>();
  for (const { speaker, features } of clips) {
    const clip = bandStatistics(features);
    const known = bySpeaker.get(speaker);
    bySpeaker.set(speaker, known === undefined ? clip : mergeStatistics(known, clip));
  }
  return bySpeaker;
}

/** Population standard deviation per band, never under 1e-3. */
export function deviation(statistics: BandStatistics): Float64Array {
  const count = Math.max(1, statistics.count);
  return statistics.squares.map((value) => Math.max(MIN_DEVIATION, Math.sqrt(value / count)));
}

/** `(x − mean) / deviation` per band; by the clip's own statistics if none are given. @throws AffektError `shape` */
export function normalize(features: Features, statistics: BandStatistics = bandStatistics(features)): Features {
  const { data, steps, bands } = features;
  checkBands(statistics.mean.length, bands);
  const spread = deviation(statistics);
  const out = new Float32Array(data.length);
  for (let step = 0, at = 0; step < steps; step++) {
    for (let band = 0; band < bands; band++, at++) out[at] = (data[at]! - statistics.mean[band]!) / spread[band]!;
  }
  return { data: out, steps, bands };
}

export interface RunningNormalization {
  /** Takes the features in, then normalizes them by all that has been seen. @throws AffektError `shape` */
  push(features: Features): Features;
  /** To store, and to go on from later. */
  statistics(): BandStatistics;
}

export interface RunningNormalizationOptions {
  /** What is known of speakers in general, worth `priorSteps` steps, so that the first seconds are not wild. */
  readonly prior?: BandStatistics;
  /** Default 200 (2 s at 10 ms). */
  readonly priorSteps?: number;
  /** Forget beyond this many steps, so that a change of speaker or room wears off. Default: never. */
  readonly memorySteps?: number;
}

function scaled(statistics: BandStatistics, count: number): BandStatistics {
  if (statistics.count === 0) return statistics;
  const share = count / statistics.count;
  return { count, mean: statistics.mean, squares: statistics.squares.map((value) => value * share) };
}

/** Normalization of one speaker's stream. Keep one per speaker. */
export function runningNormalization(bands: number, options: RunningNormalizationOptions = {}): RunningNormalization {
  const { prior, priorSteps = 200, memorySteps = Number.POSITIVE_INFINITY } = options;
  let seen = prior === undefined ? emptyStatistics(bands) : scaled(prior, Math.min(priorSteps, prior.count));
  checkBands(bands, seen.mean.length);
  return {
    push(features) {
      checkBands(bands, features.bands);
      seen = mergeStatistics(seen, bandStatistics(features));
      if (seen.count > memorySteps) seen = scaled(seen, memorySteps);
      return normalize(features, seen);
    },
    statistics: () => seen,
  };
}
