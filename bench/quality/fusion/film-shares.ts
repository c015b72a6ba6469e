/**
 * The share of positive utterances in films that nobody has labelled.
 *
 * It is estimated (prior-shift.ts) from a regression on the opinions of single utterances: a network that
 * reads an utterance among its neighbours has judged the film already, and would count it again with each of them.
 */
import { random } from "../../../src/core/random.ts";
import type { Manifest } from "../../../src/data/manifest.ts";
import { bootstrap } from "../../../src/metrics/bootstrap.ts";
import { logisticRegression } from "./logistic.ts";
import type { OnOpinions } from "./opinions-network.ts";
import { estimateShares } from "./prior-shift.ts";

const L2 = 0.01;
const RESAMPLES = 100;
/** Two-sided 95 % of the standard normal. */
const Z = 1.96;

const sigmoid = (odds: number): number => 1 / (1 + Math.exp(-odds));
const logOdds = (share: number): number => Math.log(share / (1 - share));

/** Places of the rows that are for a split, or for any of several. */
export function placesOf({ rows }: Manifest, ...splits: readonly string[]): number[] {
  return [...rows.keys()].filter((row) => splits.includes(rows[row]?.split ?? "train"));
}

/** The film of each row, by number. */
export function filmsOf({ rows }: Manifest, places: readonly number[]): Int32Array {
  const names = [...new Set(places.map((row) => rows[row]?.subject))];
  return Int32Array.from(places, (row) => names.indexOf(rows[row]?.subject));
}

/** Log-odds of `positive` by the opinions of each utterance alone. */
export function singleOdds(
  { opinions: { data, dim }, manifest }: OnOpinions,
  from: readonly number[],
  to: readonly number[],
): Float64Array {
  const column = (at: number): number[] => from.map((row) => data[row * dim + at] as number);
  const statistics = Array.from({ length: dim }, (_, at) => {
    const mean = column(at).reduce((sum, value) => sum + value, 0) / from.length;
    const variance = column(at).reduce((sum, value) => sum + (value - mean) ** 2, 0) / from.length;
    return { mean, deviation: Math.sqrt(variance) || 1 };
  });
  const standardized = (rows: readonly number[]): Float64Array =>
    Float64Array.from(
      rows.flatMap((row) =>
        statistics.map(({ mean, deviation }, at) => ((data[row * dim + at] as number) - mean) / deviation),
      ),
    );
  const truth = Int32Array.from(from, (row) => (manifest.rows[row]?.label === "positive" ? 1 : 0));
  const { logits } = logisticRegression(standardized(from), truth, { dim, classes: 2, l2: L2 });
  const said = logits(standardized(to));
  return Float64Array.from(to, (_, at) => (said[2 * at + 1] as number) - (said[2 * at] as number));
}

export interface Shift {
  /** Of positive utterances, estimated. */
  readonly share: number;
  /** Of the log-odds; nearer to 0 the less the films agree on it (James & Stein 1961, the positive part). */
  readonly shift: number;
}

/**
 * @param odds calibrated log-odds of `positive` by each utterance alone
 * @param films of each utterance
 * @param before share of positive utterances among those that the odds are calibrated on
 */
export function shiftOf(odds: Float64Array, films: Int32Array, before: number): Shift {
  const scores = odds.map(sigmoid);
  const shareOf = (rows: ArrayLike<number>): number => {
    const drawn = Array.from(rows, (row) => scores[row] as number).flatMap((score) => [1 - score, score]);
    return estimateShares(drawn, [1 - before, before])[1] as number;
  };
  const share = shareOf([...odds.keys()]);
  const options = { resamples: RESAMPLES, groups: films };
  const [interval] = bootstrap(odds.length, (draw) => [logOdds(shareOf(draw))], random(1), options);
  const error = interval ? (interval.high - interval.low) / (2 * Z) : Number.POSITIVE_INFINITY;
  const shift = logOdds(share) - logOdds(before);
  return { share, shift: shift * Math.max(0, 1 - (error / shift) ** 2) };
}
