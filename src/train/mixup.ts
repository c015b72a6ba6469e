/**
 * Mixup: a batch of convex combinations of pairs of examples, pictures or spectrograms alike, and of their targets.
 *
 * Source: Zhang et al. (2018), mixup: Beyond Empirical Risk Minimization, ICLR. Beta numbers by Jöhnk (1964).
 */
import type { Random } from "../core/random.ts";

/** Beta(alpha, alpha) in [0, 1]; meant for alpha up to about 2, above which Jöhnk's method rejects most draws. */
export function symmetricBeta(alpha: number, random: Random): number {
  for (;;) {
    const a = random.next() ** (1 / alpha);
    const b = random.next() ** (1 / alpha);
    // For a tiny alpha both powers underflow: the distribution is then almost all at the two ends.
    if (a + b === 0) return random.next() < 0.5 ? 0 : 1;
    if (a + b <= 1) return a / (a + b);
  }
}

/** Each of two stretches with a share of the other, in place. */
export function blend(values: Float32Array, first: number, second: number, length: number, share: number): void {
  for (let i = 0; i < length; i++) {
    const a = values[first + i]!;
    const b = values[second + i]!;
    values[first + i] = b + (a - b) * share;
    values[second + i] = a + (b - a) * share;
  }
}

/**
 * Mixes example `i` with example `batch - 1 - i` in place, and their targets alike. The batch must be in random order.
 *
 * @param inputs `[batch, …]`
 * @param targets `[batch, classes]`, distributions over the classes
 * @param alpha of Beta(alpha, alpha), from which each pair's share is drawn; 0 leaves the batch as it is
 */
export function mixup(inputs: Float32Array, targets: Float32Array, batch: number, alpha: number, random: Random): void {
  if (alpha <= 0) return;
  const shares = new Float64Array(batch);
  drawShares(shares, alpha, random);
  for (const values of [inputs, targets]) mixByShares(values, shares);
}

/**
 * Draws what each example keeps of itself in a mixture with its partner, example `batch - 1 - i` of `i`; 1 where it has
 * none. For what is mixed elsewhere, such as inside a network.
 *
 * @param shares `[batch]`, written
 */
export function drawShares(shares: Float32Array | Float64Array, alpha: number, random: Random): void {
  const { length } = shares;
  shares.fill(1);
  for (let first = 0; first < length >> 1; first++) {
    const share = symmetricBeta(alpha, random);
    shares[first] = share;
    shares[length - 1 - first] = share;
  }
}

/** Mixes each example with its partner by the shares, in place. @param values `[batch, …]` @param shares `[batch]` */
export function mixByShares(values: Float32Array, shares: Float32Array | Float64Array): void {
  const { length: batch } = shares;
  const length = values.length / batch;
  for (let first = 0; first < batch >> 1; first++) {
    blend(values, first * length, (batch - 1 - first) * length, length, shares[first] as number);
  }
}
