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
  /** The same of the functionals, where the features have some; one count an utterance. */
  readonly functionals?: BandStatistics;
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
  const { data, steps, bands, functionals } = features;
  const mean = new Float64Array(bands);
  const squares = new Float64Array(bands);
  for (let step = 0, at = 0; step < steps; step++) {
    for (let band = 0; band < bands; band++, at++) {
      const difference = data[at]! - mean[band]!;
      mean[band] = mean[band]! + difference / (step + 1);
      squares[band] = squares[band]! + difference * (data[at]! - mean[band]!);
    }
  }
  const own =
    functionals === undefined
      ? {}
      : {
          functionals: {
            count: 1,
            mean: Float64Array.from(functionals),
            squares: new Float64Array(functionals.length),
          },
        };
  return { count: steps, mean, squares, ...own };
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
  const functionals =
    a.functionals === undefined || b.functionals === undefined
      ? (a.functionals ?? b.functionals)
      : mergeStatistics(a.functionals, b.functionals);
  return { count, mean, squares, ...(functionals === undefined ? {} : { functionals }) };
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

/** Mean and deviation of functionals over all that a network was trained on. */
export interface FunctionalScale {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Utterances that people in general are worth beside those of a speaker. Default 2. */
  readonly prior?: number;
}

/**
 * Enough where a speaker's utterances show every emotion, as those of a corpus do. Where they may show one alone, what is
 * common to them is the emotion as much as the speaker, and people in general must count for more.
 */
const PRIOR_UTTERANCES = 2;
/** Beyond this many deviations a number says no more, and its recording may be broken. */
const FARTHEST = 4;

/**
 * Functionals in units of people in general, and then of the speaker as far as he is known: his mean and deviation over
 * his utterances, drawn towards 0 and 1 as by some utterances of anyone. The first functional, the level, says nothing of
 * a speaker who is not known: then it is 0.
 *
 * @param speaker of the same functionals; with less than two utterances nothing is known
 * @throws AffektError `shape`
 */
export function normalizeFunctionals(
  values: Float32Array,
  { mean, deviation: spread, prior = PRIOR_UTTERANCES }: FunctionalScale,
  speaker?: BandStatistics,
): Float32Array {
  checkBands(mean.length, values.length);
  const limit = (value: number): number => Math.max(-FARTHEST, Math.min(FARTHEST, value));
  if (speaker === undefined || speaker.count < 2) {
    return values.map((value, index) => (index === 0 ? 0 : limit((value - mean[index]!) / spread[index]!)));
  }
  checkBands(mean.length, speaker.mean.length);
  const { count } = speaker;
  const total = count + prior;
  return values.map((value, index) => {
    const scale = spread[index]!;
    const own = (speaker.mean[index]! - mean[index]!) / scale;
    const centre = (count * own) / total;
    const square = (speaker.squares[index]! / scale ** 2 + prior) / total;
    return limit(((value - mean[index]!) / scale - centre) / Math.sqrt(square));
  });
}

/**
 * Share of the functionals, in [0, 1], that are farther from people in general than says anything: of speech hardly any,
 * also in noise or over a line; of music, machines and noise many.
 */
export function farShare(values: Float32Array, scale: FunctionalScale): number {
  const far = normalizeFunctionals(values, scale).filter((value) => Math.abs(value) >= FARTHEST);
  return far.length / Math.max(1, values.length);
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
  return { ...statistics, count, squares: statistics.squares.map((value) => value * share) };
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
