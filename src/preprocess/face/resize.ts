/**
 * Resizing with a triangle filter as wide as the step between output pixels: bilinear when enlarging, and without
 * aliasing when shrinking, because every source pixel counts.
 *
 * Same filter as Pillow's BILINEAR and torchvision's `antialias=True`.
 */
import { AffektError } from "../../core/errors.ts";
import type { Picture } from "../../core/media.ts";

interface Taps {
  /** First source position per output position. */
  readonly first: Int32Array;
  /** `[outSize, width]`, each row sums to 1. */
  readonly weights: Float32Array;
  readonly width: number;
}

function taps(sourceSize: number, outSize: number): Taps {
  const step = sourceSize / outSize;
  const radius = Math.max(1, step);
  const width = Math.min(sourceSize, Math.ceil(radius) * 2 + 1);
  const first = new Int32Array(outSize);
  const weights = new Float32Array(outSize * width);
  for (let i = 0; i < outSize; i++) {
    const centre = (i + 0.5) * step - 0.5;
    const start = Math.min(Math.max(0, Math.ceil(centre - radius)), sourceSize - width);
    first[i] = start;
    let sum = 0;
    for (let tap = 0; tap < width; tap++) {
      const weight = Math.max(0, 1 - Math.abs(start + tap - centre) / radius);
      weights[i * width + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < width; tap++) weights[i * width + tap]! /= sum;
  }
  return { first, weights, width };
}

/**
 * Resizes a picture; the aspect ratio is the caller's business.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @throws AffektError `shape` if the picture or the size asked for is empty
 */
export function resize(picture: Picture, width: number, height: number): Picture {
  if (!(width >= 1 && height >= 1 && picture.width >= 1 && picture.height >= 1)) {
    throw new AffektError(
      "shape",
      `Cannot resize ${picture.width}×${picture.height} to ${width}×${height} pixels: both need at least one pixel.`,
      "Check that the crop is not empty.",
    );
  }
  const { channels } = picture;
  if (picture.width === width && picture.height === height) return picture;
  const across = taps(picture.width, width);
  const along = taps(picture.height, height);
  const row = width * channels;
  const sourceRow = picture.width * channels;
  const half = new Float32Array(picture.height * row);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * sourceRow + across.first[x]! * channels;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let tap = 0, at = from + channel; tap < across.width; tap++, at += channels) {
          sum += picture.data[at]! * across.weights[x * across.width + tap]!;
        }
        half[y * row + x * channels + channel] = sum;
      }
    }
  }
  const data = new Uint8Array(height * row);
  const sums = new Float32Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(0.5);
    for (let tap = 0; tap < along.width; tap++) {
      const weight = along.weights[y * along.width + tap]!;
      if (weight === 0) continue;
      const from = (along.first[y]! + tap) * row;
      for (let i = 0; i < row; i++) sums[i]! += half[from + i]! * weight;
    }
    // Rounding is the half that the sums start from and the cut of a Uint8Array.
    for (let i = 0; i < row; i++) data[y * row + i] = Math.min(255, sums[i]!);
  }
  return { data, width, height, channels };
}
