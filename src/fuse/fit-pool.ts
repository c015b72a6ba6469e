/**
 * Chooses the weights of a log-linear pool, how much the quality of a signal counts, and how independent its experts are,
 * on validation rows that have several modalities: whatever makes the right labels most likely.
 */
import { AffektError } from "../core/errors.ts";
import { goldenSection } from "../core/golden-section.ts";
import { MODALITIES, type Modality, type PerModality } from "../core/modality.ts";
import { logLinearPool, type PoolMember } from "./log-linear-pool.ts";

export interface PoolRow {
  readonly members: PerModality<PoolMember>;
  /** The right label. */
  readonly truth: string;
}

export interface FittedPool {
  /** Relative; the largest is 1. A modality that occurs in no row has none. */
  readonly weights: PerModality<number>;
  readonly independence: number;
  /** Of the modalities whose quality differs between the rows, where it was to be fitted. */
  readonly qualityPower?: PerModality<number>;
  /** Mean negative log-likelihood on the rows, in nats. */
  readonly loss: number;
}

const LEAST_WEIGHT = 0.05;
const MOST_WEIGHT = 20;
/** From a weight in proportion to the quality to one that silences whatever is not perfect. */
const LEAST_POWER = 1;
const MOST_POWER = 10;
const ROUNDS = 8;
/** Of a weight's logarithm and of the independence: finer steps than validation rows can tell apart. */
const TOLERANCE = 0.02;

export interface FitPoolOptions {
  /** Keeps the independence at this, where rows cannot tell it: of composed rows the channels are independent by design. */
  readonly independence?: number;
  /** Whether the exponents of the quality are fitted: for rows of which some hold poor signals. Default false. */
  readonly quality?: boolean;
}

/**
 * Coordinate descent: each weight in turn (on a logarithmic scale), each exponent, then the independence.
 *
 * @throws AffektError `data` if there are no rows, or none in which two modalities meet
 */
export function fitLogLinearPool(rows: readonly PoolRow[], options: FitPoolOptions = {}): FittedPool {
  const occurring = MODALITIES.filter((modality) => rows.some(({ members }) => members[modality] !== undefined));
  if (!rows.some(({ members }) => Object.keys(members).length > 1)) {
    throw new AffektError(
      "data",
      `Fitting a pool needs rows in which modalities meet; received ${rows.length} rows of ${occurring.join(", ") || "none"}.`,
      "Pass validation rows with at least two modalities.",
    );
  }
  const weights = new Map<Modality, number>(occurring.map((modality) => [modality, 1]));
  const powers = new Map<Modality, number>();
  if (options.quality) {
    for (const modality of occurring) {
      const qualities = new Set(rows.map(({ members }) => members[modality]?.quality));
      if (qualities.size > 1) powers.set(modality, 1);
    }
  }

  interface Settings {
    readonly weights: ReadonlyMap<Modality, number>;
    readonly powers: ReadonlyMap<Modality, number>;
    readonly independence: number;
  }

  function lossAt(settings: Settings): number {
    const pool = {
      independence: settings.independence,
      weights: Object.fromEntries(settings.weights),
      qualityPower: Object.fromEntries(settings.powers),
    };
    let sum = 0;
    for (const { members, truth } of rows) {
      const { labels, probabilities } = logLinearPool(members, pool);
      sum -= Math.log(Math.max(1e-12, probabilities[labels.indexOf(truth)] ?? 0));
    }
    return sum / rows.length;
  }

  const searched = (loss: (value: number) => number, least: number, most: number): number =>
    Math.exp(goldenSection((x) => loss(Math.exp(x)), Math.log(least), Math.log(most), TOLERANCE));

  let independence = options.independence ?? 0.5;
  let loss = lossAt({ weights, powers, independence });
  for (let round = 0; round < ROUNDS; round++) {
    const before = loss;
    // Only relations between weights matter: the first stays where it is.
    for (const modality of occurring.slice(1)) {
      const at = (weight: number): number =>
        lossAt({ weights: new Map(weights).set(modality, weight), powers, independence });
      weights.set(modality, searched(at, LEAST_WEIGHT, MOST_WEIGHT));
    }
    for (const modality of powers.keys()) {
      const at = (power: number): number =>
        lossAt({ weights, powers: new Map(powers).set(modality, power), independence });
      powers.set(modality, searched(at, LEAST_POWER, MOST_POWER));
    }
    independence =
      options.independence ?? goldenSection((x) => lossAt({ weights, powers, independence: x }), 0, 1, TOLERANCE);
    loss = lossAt({ weights, powers, independence });
    if (before - loss < 1e-5) break;
  }
  const largest = Math.max(...weights.values());
  return {
    weights: Object.fromEntries([...weights].map(([modality, weight]) => [modality, weight / largest])),
    independence,
    ...(powers.size > 0 ? { qualityPower: Object.fromEntries(powers) } : {}),
    loss,
  };
}
