/**
 * Random variants of a training face: flip, shift, rotation, scale, contrast, brightness, one erased square, blur and
 * the noise of a camera.
 *
 * Source of erasing: Zhong et al. (2017), Random Erasing Data Augmentation, arXiv 1708.04896.
 */
import type { Random } from "../../core/random.ts";
import { gaussianBlur } from "./gaussian-blur.ts";
import { type Transform, warp } from "./warp.ts";

/** Ranges are symmetric: `angle: 0.3` draws from [-0.3, 0.3). */
export interface AugmentOptions {
  /** Probability of mirroring. Default 0.5. */
  readonly flip?: number;
  /** Radians. Default 0.3 (17°). */
  readonly angle?: number;
  /** Share of the size. Default 0.15. */
  readonly scale?: number;
  /** Scale about which `scale` varies; `48 / 40` cuts 40 pixels out of 48. Default 1. */
  readonly zoom?: number;
  /** Share of the output's side. Default 0.12. */
  readonly shift?: number;
  /** Default 0.2. */
  readonly contrast?: number;
  /** Share of the way from black to white. Default 20 / 255. */
  readonly brightness?: number;
  /** Probability that a square is erased. Default 0.4. */
  readonly erase?: number;
  /** Smallest and largest share of the area that is erased. Default [0.02, 0.2]. */
  readonly eraseArea?: readonly [number, number];
  /** Probability of a Gaussian blur, of a deviation of up to 4 % of the side. Default 0. */
  readonly blur?: number;
  /** Probability of Gaussian noise, of a deviation of up to 0.08 (black to white is 1). Default 0. */
  readonly noise?: number;
}

const MOST_BLUR = 0.04;
const MOST_NOISE = 0.08;

/** Everything drawn at random for one image. */
export interface Augmentation {
  readonly transform: Transform;
  /** As shares of the output's side; null leaves the image whole. */
  readonly erased: { readonly x: number; readonly y: number; readonly side: number; readonly level: number } | null;
}

/** Always draws eleven numbers, so that one option does not change what another draws. */
export function randomAugmentation(random: Random, options: AugmentOptions = {}): Augmentation {
  const around = (range: number): number => random.uniform(-range, range);
  const flip = random.next() < (options.flip ?? 0.5);
  const angle = around(options.angle ?? 0.3);
  const scale = (options.zoom ?? 1) * (1 + around(options.scale ?? 0.15));
  const shiftX = around(options.shift ?? 0.12);
  const shiftY = around(options.shift ?? 0.12);
  const contrast = 1 + around(options.contrast ?? 0.2);
  const brightness = around(options.brightness ?? 20 / 255);
  const [smallest, largest] = options.eraseArea ?? [0.02, 0.2];
  const erases = random.next() < (options.erase ?? 0.4);
  const side = Math.sqrt(random.uniform(smallest, largest));
  const x = random.next() * (1 - side);
  const y = random.next() * (1 - side);
  const level = random.next();
  return {
    transform: { flip, angle, scale, shiftX, shiftY, contrast, brightness },
    erased: erases ? { x, y, side, level } : null,
  };
}

/**
 * Fills a square of an image `[channels, size, size]` that starts at `offset`.
 *
 * @param erased as shares of the side; `level` is written to every channel
 */
export function erase(
  out: Float32Array,
  offset: number,
  size: number,
  erased: NonNullable<Augmentation["erased"]>,
  channels = 1,
): void {
  const left = Math.round(erased.x * size);
  const top = Math.round(erased.y * size);
  const side = Math.max(1, Math.round(erased.side * size));
  const right = Math.min(size, left + side);
  const bottom = Math.min(size, top + side);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = top; y < bottom; y++) {
      const row = offset + (channel * size + y) * size;
      out.fill(erased.level, row + left, row + right);
    }
  }
}

/**
 * Writes a random variant of a square image into a slot of a batch.
 *
 * @param source `[sourceSize, sourceSize, channels]`, 0 to 255
 * @param out receives `[channels, outSize, outSize]` in [0, 1] from `offset` on
 */
export function augment(
  source: Uint8Array,
  sourceSize: number,
  out: Float32Array,
  offset: number,
  outSize: number,
  random: Random,
  options: AugmentOptions = {},
  channels = 1,
): void {
  const { transform, erased } = randomAugmentation(random, options);
  warp(source, sourceSize, out, offset, outSize, transform, channels);
  if (erased !== null) erase(out, offset, outSize, erased, channels);
  // Drawn only where they are asked for, so that what else is drawn stays the same without them.
  const { blur = 0, noise = 0 } = options;
  const pixels = out.subarray(offset, offset + channels * outSize * outSize);
  if (blur > 0 && random.next() < blur) gaussianBlur(pixels, outSize, random.uniform(0, MOST_BLUR) * outSize);
  if (noise > 0 && random.next() < noise) {
    const deviation = random.uniform(0, MOST_NOISE);
    for (let i = 0; i < pixels.length; i++) pixels[i]! += deviation * random.normal();
  }
}
