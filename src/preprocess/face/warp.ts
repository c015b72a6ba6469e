/**
 * One bilinear affine warp per training image: flip, rotation, scale and shift, and contrast and brightness on the way.
 *
 * A single resampling keeps the picture sharper than a chain of them, and is fast enough for a training loop.
 */
import { AffektError } from "../../core/errors.ts";

/** Where a face ends up, and how bright. Geometry is about the centre of the image. */
export interface Transform {
  /** Mirror left and right. */
  readonly flip: boolean;
  /** Clockwise, in radians. */
  readonly angle: number;
  /** Above 1 enlarges. With a 48-pixel source, `48 / 40` cuts the middle 40 pixels out unscaled into a 40-pixel output. */
  readonly scale: number;
  /** To the right, as a share of the output's side. */
  readonly shiftX: number;
  /** Down, as a share of the output's side. */
  readonly shiftY: number;
  /** Factor on the distance from mid grey. */
  readonly contrast: number;
  /** Added after contrast; 1 is the way from black to white. */
  readonly brightness: number;
}

export const IDENTITY: Transform = {
  flip: false,
  angle: 0,
  scale: 1,
  shiftX: 0,
  shiftY: 0,
  contrast: 1,
  brightness: 0,
};

function checkRoom(length: number, needed: number, what: string): void {
  if (length < needed) {
    throw new AffektError(
      "shape",
      `The ${what} needs ${needed} values; received ${length}.`,
      "Check side, channels and offset against the length of the array.",
    );
  }
}

/**
 * Resamples a square image into a slot of a batch. Allocates nothing; outside the source its edge is repeated.
 *
 * @param source `[sourceSize, sourceSize, channels]`, 0 to 255
 * @param out receives `[channels, outSize, outSize]` in [0, 1] from `offset` on
 * @throws AffektError `shape` if either array is too short
 */
export function warp(
  source: Uint8Array,
  sourceSize: number,
  out: Float32Array,
  offset: number,
  outSize: number,
  transform: Transform = IDENTITY,
  channels = 1,
): void {
  const plane = outSize * outSize;
  checkRoom(source.length, sourceSize * sourceSize * channels, "source image");
  checkRoom(out.length, offset + plane * channels, "output");
  const step = sourceSize / outSize / transform.scale;
  const mirror = transform.flip ? -1 : 1;
  const cos = Math.cos(transform.angle) * step;
  const sin = Math.sin(transform.angle) * step;
  // Source position of the centre of output pixel (0, 0); each pixel to the right adds (cos·mirror, -sin).
  const fromX = 0.5 - outSize / 2 - transform.shiftX * outSize;
  const fromY = 0.5 - outSize / 2 - transform.shiftY * outSize;
  const centre = sourceSize / 2 - 0.5;
  const stepX = cos * mirror;
  const stepY = -sin;
  const gain = transform.contrast / 255;
  const bias = 0.5 - 0.5 * transform.contrast + transform.brightness;
  const last = sourceSize - 1;
  const lastCell = Math.max(0, sourceSize - 2);
  const right = sourceSize > 1 ? channels : 0;
  const row = sourceSize * channels;
  const down = sourceSize > 1 ? row : 0;
  for (let channel = 0; channel < channels; channel++) {
    let at = offset + channel * plane;
    for (let y = 0; y < outSize; y++) {
      let sourceX = centre + mirror * (cos * fromX + sin * (fromY + y));
      let sourceY = centre - sin * fromX + cos * (fromY + y);
      for (let x = 0; x < outSize; x++) {
        const px = sourceX < 0 ? 0 : sourceX > last ? last : sourceX;
        const py = sourceY < 0 ? 0 : sourceY > last ? last : sourceY;
        let left = px | 0;
        if (left > lastCell) left = lastCell;
        let top = py | 0;
        if (top > lastCell) top = lastCell;
        const fx = px - left;
        const fy = py - top;
        const corner = top * row + left * channels + channel;
        const a = source[corner]!;
        const c = source[corner + down]!;
        const upper = a + (source[corner + right]! - a) * fx;
        const lower = c + (source[corner + down + right]! - c) * fx;
        const value = (upper + (lower - upper) * fy) * gain + bias;
        out[at++] = value < 0 ? 0 : value > 1 ? 1 : value;
        sourceX += stepX;
        sourceY += stepY;
      }
    }
  }
}
