/**
 * Augmentation of log-mel features, cheap enough to run in the training loop. Seeded.
 *
 * Source: SpecAugment, Park et al. (2019), without its time warp, which that paper found to matter least; speed by
 * resampling the time axis and shifts of bands stand for other tempi and vocal tracts.
 */
import { AffektError } from "../../core/errors.ts";
import type { Features } from "../../core/media.ts";
import { type Random, random } from "../../core/random.ts";

/**
 * Takes `steps` steps at a speed, by linear interpolation; a clip that is too short starts again.
 *
 * @param speed above 1 is faster
 * @param start first step, may be a fraction
 * @throws AffektError `input` if there are no steps
 */
export function takeSteps(features: Features, steps: number, speed = 1, start = 0): Features {
  const { data, bands, steps: length } = features;
  if (length === 0) throw new AffektError("input", "Received features of 0 steps.", "Leave out empty clips.");
  const out = new Float32Array(steps * bands);
  for (let step = 0; step < steps; step++) {
    const position = (start + step * speed) % length;
    const below = Math.floor(position);
    const share = position - below;
    const from = below * bands;
    const next = (below + 1 === length ? (steps * speed > length ? 0 : below) : below + 1) * bands;
    const to = step * bands;
    if (share === 0) out.set(data.subarray(from, from + bands), to);
    else {
      for (let band = 0; band < bands; band++) {
        const value = data[from + band]!;
        out[to + band] = value + share * (data[next + band]! - value);
      }
    }
  }
  return { data: out, steps, bands };
}

/** Moves the spectrum up (or down) by whole bands, in place; the edge band is repeated. */
export function shiftBands(features: Features, by: number): void {
  const { data, steps, bands } = features;
  if (by === 0) return;
  const shift = Math.max(-bands, Math.min(bands, by));
  for (let step = 0; step < steps; step++) {
    const row = step * bands;
    if (shift > 0) {
      const edge = data[row]!;
      data.copyWithin(row + shift, row, row + bands - shift);
      data.fill(edge, row, row + shift);
    } else {
      const edge = data[row + bands - 1]!;
      data.copyWithin(row, row - shift, row + bands);
      data.fill(edge, row + bands + shift, row + bands);
    }
  }
}

/** Masks one stretch of up to `longest` steps, in place. @param fill 0 is the mean of normalized features */
export function maskSteps(features: Features, longest: number, generator: Random, fill = 0): void {
  const { data, steps, bands } = features;
  const length = generator.integer(Math.min(longest, steps) + 1);
  const start = generator.integer(steps - length + 1);
  data.fill(fill, start * bands, (start + length) * bands);
}

/** Masks one range of up to `widest` bands in all steps, in place. */
export function maskBands(features: Features, widest: number, generator: Random, fill = 0): void {
  const { data, steps, bands } = features;
  const width = generator.integer(Math.min(widest, bands) + 1);
  const start = generator.integer(bands - width + 1);
  for (let row = start; row < steps * bands; row += bands) data.fill(fill, row, row + width);
}

/** Normal numbers to cut noise from: drawing each value anew would cost more than the rest together. */
const NOISE_LENGTH = 1 << 16;
let noiseTable: Float32Array | undefined;

function normals(): Float32Array {
  if (noiseTable === undefined) {
    const generator = random(0x6e6f6973);
    noiseTable = Float32Array.from({ length: NOISE_LENGTH }, () => generator.normal());
  }
  return noiseTable;
}

/** Adds Gaussian noise, in place. It is cut at a random place from a fixed table of 65,536 normal numbers. */
export function addFeatureNoise(features: Features, deviation: number, generator: Random): void {
  const { data } = features;
  const table = normals();
  let at = generator.integer(NOISE_LENGTH);
  for (let i = 0; i < data.length; i++) {
    data[i] = data[i]! + deviation * table[at]!;
    at = (at + 1) & (NOISE_LENGTH - 1);
  }
}

export interface FeatureAugmentation {
  /** Range of the factor. Default [1, 1]. */
  readonly speed?: readonly [number, number];
  /** Largest shift, in bands. Default 0. */
  readonly bandShift?: number;
  /** How many masks in time, and the longest, in steps. Default none. */
  readonly stepMasks?: { readonly count: number; readonly longest: number };
  /** How many masks in frequency, and the widest, in bands. Default none. */
  readonly bandMasks?: { readonly count: number; readonly widest: number };
  /** Largest deviation of the Gaussian noise. Default 0. */
  readonly noise?: number;
  /** What masks are filled with. Default 0, the mean of normalized features. */
  readonly fill?: number;
}

/**
 * Cuts `steps` steps at a random place and speed, then shifts, adds noise and masks.
 *
 * @returns new features of exactly `steps` steps; the input is left as it is
 */
export function augmentFeatures(
  features: Features,
  steps: number,
  generator: Random,
  options: FeatureAugmentation = {},
): Features {
  const { speed: range = [1, 1], bandShift = 0, stepMasks, bandMasks, noise = 0, fill = 0 } = options;
  const speed = generator.uniform(range[0], range[1]);
  const spare = features.steps - steps * speed;
  const start = spare > 0 ? generator.integer(Math.floor(spare) + 1) : generator.integer(features.steps);
  const result = takeSteps(features, steps, speed, start);
  if (bandShift > 0) shiftBands(result, generator.integer(2 * bandShift + 1) - bandShift);
  if (noise > 0) addFeatureNoise(result, generator.uniform(0, noise), generator);
  for (let i = 0; i < (stepMasks?.count ?? 0); i++) maskSteps(result, stepMasks!.longest, generator, fill);
  for (let i = 0; i < (bandMasks?.count ?? 0); i++) maskBands(result, bandMasks!.widest, generator, fill);
  return result;
}
