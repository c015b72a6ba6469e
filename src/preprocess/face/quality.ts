/**
 * How fit a face is for recognition, from what is known to spoil it: too few pixels, blur, darkness and flat light.
 *
 * Source of the measure of sharpness: variance of the Laplacian, Pech-Pacheco et al. (2000), ICPR.
 */
import type { Picture } from "../../core/media.ts";
import { grey } from "./grey.ts";
import { resize } from "./resize.ts";

export interface FaceQuality {
  /** In [0, 1]: the product of the parts below. */
  readonly quality: number;
  /** 1 from 64 pixels on. */
  readonly size: number;
  readonly sharpness: number;
  /** 1 for a mean between 60 and 200 of 255. */
  readonly brightness: number;
  /** 1 for a standard deviation of at least 25 of 255. */
  readonly contrast: number;
}

/** Sharpness is compared at one size, so that it does not grow with the resolution of the camera. */
const SIDE = 64;
/** Below about 8 pixels a face is a smear. */
const SMALLEST = 8;
const ENOUGH = 64;
/** Variance of the Laplacian, divided by the variance of the grey levels, of a face that is just sharp enough. */
const SHARP = 0.12;

/** Values are grey levels of a square. Division by their variance makes the measure independent of contrast. */
function sharpnessOf(data: Uint8Array, side: number, variance: number): number {
  if (variance === 0) return 0;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      const laplacian = data[at - 1]! + data[at + 1]! + data[at - side]! + data[at + side]! - 4 * data[at]!;
      sum += laplacian;
      squares += laplacian * laplacian;
    }
  }
  const count = (side - 2) ** 2;
  return (squares / count - (sum / count) ** 2) / variance;
}

const ramp = (value: number, low: number, high: number): number =>
  Math.min(1, Math.max(0, (value - low) / (high - low)));

/**
 * Rates a crop of a face.
 *
 * @param face the crop, any size and number of channels
 * @param sizePx side of the face in the picture that it was cut from, before any resizing
 */
export function faceQuality(face: Picture, sizePx: number = Math.min(face.width, face.height)): FaceQuality {
  const { data } = resize(grey(face), SIDE, SIDE);
  let sum = 0;
  for (const value of data) sum += value;
  const mean = sum / data.length;
  let squares = 0;
  for (const value of data) squares += (value - mean) ** 2;
  const variance = squares / data.length;
  const parts = {
    size: Math.sqrt(ramp(sizePx, SMALLEST, ENOUGH)),
    sharpness: Math.sqrt(ramp(sharpnessOf(data, SIDE, variance), 0, SHARP)),
    brightness: Math.min(ramp(mean, 5, 60), ramp(255 - mean, 5, 55)),
    contrast: ramp(Math.sqrt(variance), 2, 25),
  };
  return { quality: parts.size * parts.sharpness * parts.brightness * parts.contrast, ...parts };
}
