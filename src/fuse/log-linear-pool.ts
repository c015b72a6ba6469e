/**
 * Calibrated log-linear pool: experts multiply their probabilities, each raised to its weight.
 *
 *     log p(label) ∝ Σ e_m · log p_m(label) − (Σ e_m − 1) · log prior(label)
 *
 * Weights and qualities give the shares of the experts, `s_m = w_m q_m^g_m / Σ w q^g`. The exponents are `e_m = S · s_m` with
 * `S = 1 + independence · (1 / Σ s² − 1)`: one expert alone is passed on as it is, several are between the geometric
 * mean (independence 0: they all saw the same) and the product of independent experts (independence 1). The prior, which
 * every expert brings along, is taken out as often as it is counted too much.
 *
 * Source: Genest & Zidek (1986), "Combining probability distributions: a critique and an annotated bibliography";
 * product of experts, Hinton (2002).
 */
import { AffektError } from "../core/errors.ts";
import { MODALITIES, type Modality, type PerModality } from "../core/modality.ts";

/** What one expert says. */
export interface PoolMember {
  readonly labels: readonly string[];
  /** Calibrated, natural logarithm, one per label. */
  readonly logProbabilities: ArrayLike<number>;
  /** Of the expert, above 0; chosen on validation. Default 1. */
  readonly weight?: number;
  /** Of this signal, in [0, 1]. Default 1. */
  readonly quality?: number;
  /** Probability of each label before anything is seen, in the expert's training rows. Default: all alike. */
  readonly prior?: ArrayLike<number>;
}

export interface PoolOptions {
  /** How much the experts count as independent witnesses, in [0, 1]. Default 0.5. */
  readonly independence?: number;
  /** Instead of the members' own weights. */
  readonly weights?: PerModality<number>;
  /** Exponent of a signal's quality, at least 0: the larger, the less a poor signal counts. Default 1. */
  readonly qualityPower?: PerModality<number>;
}

export interface Pooled {
  /** Every label that a member knows, in order of first mention. */
  readonly labels: readonly string[];
  /** Sum to 1. */
  readonly probabilities: Float64Array;
  /** Shares of the present modalities; sum to 1. */
  readonly weights: PerModality<number>;
}

/** Keeps a poor signal in the pool, so that shares exist even if all are poor. */
const LEAST_QUALITY = 0.01;
/** Keeps one certain expert from outvoting all others for ever. */
const LEAST_PROBABILITY = 1e-6;

/**
 * The log-probabilities of an expert over all labels. On a label that it does not know it says nothing: that label gets
 * an even share, and its own labels divide the rest.
 */
function spread(member: PoolMember, labels: readonly string[], values: ArrayLike<number>): Float64Array {
  const unknown = labels.length - member.labels.length;
  const own = Math.log((labels.length - unknown) / labels.length);
  return Float64Array.from(labels, (label) => {
    const index = member.labels.indexOf(label);
    if (index < 0) return -Math.log(labels.length);
    return Math.max(values[index] as number, Math.log(LEAST_PROBABILITY)) + own;
  });
}

/**
 * @param members what the experts of the present modalities say; at least one
 * @throws AffektError `no-modality` if there is none
 */
export function logLinearPool(members: PerModality<PoolMember>, options: PoolOptions = {}): Pooled {
  const { independence = 0.5 } = options;
  const present = MODALITIES.flatMap((modality) => {
    const member = members[modality];
    return member === undefined ? [] : [{ modality, member }];
  });
  if (present.length === 0) {
    throw new AffektError(
      "no-modality",
      `Fusion needs at least one of ${MODALITIES.join(", ")}; received none.`,
      "Pass a text, a picture with a face, or speech.",
    );
  }
  const labels = [...new Set(present.flatMap(({ member }) => member.labels))];
  const masses = present.map(
    ({ modality, member }) =>
      (options.weights?.[modality] ?? member.weight ?? 1) *
      Math.max(LEAST_QUALITY, member.quality ?? 1) ** (options.qualityPower?.[modality] ?? 1),
  );
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  const shares = masses.map((mass) => mass / total);
  const witnesses = 1 / shares.reduce((sum, share) => sum + share * share, 0);
  const exponents = 1 + independence * (witnesses - 1);

  const logs = new Float64Array(labels.length);
  for (const [index, { member }] of present.entries()) {
    const said = spread(member, labels, member.logProbabilities);
    const prior = spread(
      member,
      labels,
      Array.from(member.labels, (_, label) => logPrior(member, label)),
    );
    const exponent = exponents * (shares[index] as number);
    const surplus = (exponents - 1) * (shares[index] as number);
    for (let label = 0; label < labels.length; label++) {
      logs[label] = (logs[label] as number) + exponent * (said[label] as number) - surplus * (prior[label] as number);
    }
  }
  const highest = Math.max(...logs);
  const unnormalized = logs.map((value) => Math.exp(value - highest));
  const sum = unnormalized.reduce((all, value) => all + value, 0);
  const weights: { [M in Modality]?: number } = {};
  for (const [index, { modality }] of present.entries()) weights[modality] = shares[index] as number;
  return { labels, probabilities: unnormalized.map((value) => value / sum), weights };
}

function logPrior(member: PoolMember, label: number): number {
  if (member.prior === undefined) return -Math.log(member.labels.length);
  let sum = 0;
  for (let index = 0; index < member.prior.length; index++) sum += member.prior[index] as number;
  return Math.log((member.prior[label] as number) / sum);
}
