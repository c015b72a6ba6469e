/** From pictures to the numbers that networks take. */
import { AffektError } from "../../core/errors.ts";
import type { Picture } from "../../core/media.ts";

/** Floor of a standard deviation, so that a flat picture becomes zeros instead of infinities. */
const FLOOR = 1e-6;

/**
 * Planes in [0, 1] from interleaved bytes.
 *
 * @param out receives `[channels, height, width]` from `offset` on
 * @throws AffektError `shape` if `out` is too short
 */
export function toPlanes(picture: Picture, out?: Float32Array, offset = 0): Float32Array {
  const { data, width, height, channels } = picture;
  const area = width * height;
  const planes = out ?? new Float32Array(area * channels);
  if (planes.length < offset + area * channels) {
    throw new AffektError(
      "shape",
      `The planes need ${offset + area * channels} values; received ${planes.length}.`,
      "Check the size of the picture against the slot in the batch.",
    );
  }
  for (let channel = 0; channel < channels; channel++) {
    const plane = offset + channel * area;
    for (let i = 0, from = channel; i < area; i++, from += channels) planes[plane + i] = data[from]! / 255;
  }
  return planes;
}

/** Shifts and scales one image to mean 0 and standard deviation 1 over all its values, in place. */
export function standardize(values: Float32Array, offset = 0, length = values.length - offset): void {
  let sum = 0;
  for (let i = offset; i < offset + length; i++) sum += values[i]!;
  const mean = sum / length;
  let squares = 0;
  for (let i = offset; i < offset + length; i++) squares += (values[i]! - mean) ** 2;
  const scale = 1 / Math.max(FLOOR, Math.sqrt(squares / length));
  for (let i = offset; i < offset + length; i++) values[i] = (values[i]! - mean) * scale;
}

/**
 * Subtracts a mean and divides by a standard deviation per channel, in place.
 *
 * @param values `[channels, …]` from `offset` on, `length` values in all
 * @param mean one per channel
 * @param deviation one per channel
 */
export function normalize(
  values: Float32Array,
  mean: readonly number[],
  deviation: readonly number[],
  offset = 0,
  length = values.length - offset,
): void {
  const area = length / mean.length;
  for (const [channel, average] of mean.entries()) {
    const scale = 1 / Math.max(FLOOR, deviation[channel] ?? 1);
    const start = offset + channel * area;
    for (let i = start; i < start + area; i++) values[i] = (values[i]! - average) * scale;
  }
}
