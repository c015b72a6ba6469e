/**
 * Chooses the weights of a log-linear pool, and how independent its experts are, on validation rows that have several
 * modalities: whatever makes the right labels most likely.
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
  /** Mean negative log-likelihood on the rows, in nats. */
  readonly loss: number;
}

const LEAST_WEIGHT = 0.05;
const MOST_WEIGHT = 20;
const ROUNDS = 8;
/** Of a weight's logarithm and of the independence: finer steps than validation rows can tell apart. */
const TOLERANCE = 0.02;

export interface FitPoolOptions {
  /** Keeps the independence at this, where rows cannot tell it: of composed rows the channels are independent by design. */
  readonly independence?: number;
}

/**
 * Coordinate descent: each weight in turn (on a logarithmic scale), then the independence.
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

  function lossAt(own: ReadonlyMap<Modality, number>, independence: number): number {
    let sum = 0;
    for (const { members, truth } of rows) {
      const weighted: { [M in Modality]?: PoolMember } = {};
      for (const modality of occurring) {
        const member = members[modality];
        if (member !== undefined) weighted[modality] = { ...member, weight: own.get(modality) ?? 1 };
      }
      const { labels, probabilities } = logLinearPool(weighted, { independence });
      sum -= Math.log(Math.max(1e-12, probabilities[labels.indexOf(truth)] ?? 0));
    }
    return sum / rows.length;
  }

  let independence = options.independence ?? 0.5;
  let loss = lossAt(weights, independence);
  for (let round = 0; round < ROUNDS; round++) {
    const before = loss;
    // Only relations between weights matter: the first stays where it is.
    for (const modality of occurring.slice(1)) {
      const log = goldenSection(
        (x) => lossAt(new Map(weights).set(modality, Math.exp(x)), independence),
        Math.log(LEAST_WEIGHT),
        Math.log(MOST_WEIGHT),
        TOLERANCE,
      );
      weights.set(modality, Math.exp(log));
    }
    independence = options.independence ?? goldenSection((x) => lossAt(weights, x), 0, 1, TOLERANCE);
    loss = lossAt(weights, independence);
    if (before - loss < 1e-5) break;
  }
  const largest = Math.max(...weights.values());
  return {
    weights: Object.fromEntries([...weights].map(([modality, weight]) => [modality, weight / largest])),
    independence,
    loss,
  };
}
