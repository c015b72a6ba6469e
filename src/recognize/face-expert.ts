/** Face → opinion: a crop by the contract, one network, mirrored views averaged. */
import { AffektError } from "../core/errors.ts";
import type { Picture } from "../core/media.ts";
import type { Runtime, SessionOptions } from "../core/ports.ts";
import type { Box } from "../core/prediction.ts";
import { float32 } from "../core/tensor.ts";
import { cropSquare } from "../preprocess/face/crop.ts";
import { resize } from "../preprocess/face/resize.ts";
import { IDENTITY, warp } from "../preprocess/face/warp.ts";
import type { FaceContract } from "./contract.ts";
import { meanOfGroups, openNetwork } from "./network.ts";
import type { Opinion } from "./opinion.ts";

/** A face found in a picture. */
export interface DetectedFace {
  /** In pixels of the picture. */
  readonly box: Box;
  /** In [0, 1]. */
  readonly confidence: number;
  /** Centres of the eyes in pixels, the one further left in the picture first. */
  readonly eyes?: readonly [Point, Point];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface FaceDetector {
  /** Every face, in any order. */
  detect(picture: Picture): Promise<readonly DetectedFace[]>;
  close?(): Promise<void>;
}

/** What the network sees of one face; small, so that the picture need not be kept. */
export interface PreparedFace {
  /** `[channels, size, size]`, normalized by the contract. */
  readonly pixels: Float32Array;
  readonly quality: number;
}

export interface FaceExpert {
  readonly contract: FaceContract;
  /** @param face null if the picture is a face crop already */
  prepare(picture: Picture, face: DetectedFace | null): PreparedFace;
  opinions(faces: readonly PreparedFace[]): Promise<Opinion[]>;
  close(): Promise<void>;
}

/** A face of this many pixels across is as good as any larger one. */
const SHARP_SIDE = 64;
const LEAST_QUALITY = 0.05;
const MIN_DEVIATION = 1e-4;

/** Interleaved channels as the network wants them: luma of ITU-R BT.601, or RGB without alpha. */
function withChannels(picture: Picture, channels: 1 | 3): Picture {
  if (picture.channels === channels) return picture;
  const pixels = picture.width * picture.height;
  const data = new Uint8Array(pixels * channels);
  const { data: source, channels: given } = picture;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * given;
    const red = source[from] as number;
    const green = given === 1 ? red : (source[from + 1] as number);
    const blue = given === 1 ? red : (source[from + 2] as number);
    if (channels === 1) data[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    else data.set([red, green, blue], pixel * 3);
  }
  return { data, width: picture.width, height: picture.height, channels };
}

/** How far the eyes are from level, clockwise, in radians. */
function tilt(face: DetectedFace): number {
  if (face.eyes === undefined) return 0;
  const [left, right] = face.eyes;
  return Math.atan2(right.y - left.y, right.x - left.x);
}

function standardize(pixels: Float32Array): void {
  let sum = 0;
  let squares = 0;
  for (const value of pixels) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / pixels.length;
  const deviation = Math.max(MIN_DEVIATION, Math.sqrt(Math.max(0, squares / pixels.length - mean * mean)));
  for (let i = 0; i < pixels.length; i++) pixels[i] = ((pixels[i] as number) - mean) / deviation;
}

/** The pixels of a square crop as the network wants them, `[channels, size, size]`. Training uses it for validation. */
export function facePixels(square: Picture, input: FaceContract["input"], angle = 0): Float32Array {
  const { size, channels, normalization, cropSize = size } = input;
  const crop = resize(withChannels(square, channels), cropSize, cropSize);
  const pixels = new Float32Array(channels * size * size);
  // One pixel of the crop is one pixel of the view: a smaller view is the middle of the crop.
  warp(crop.data, cropSize, pixels, 0, size, { ...IDENTITY, angle: -angle, scale: cropSize / size }, channels);
  if (normalization === "standardize") {
    standardize(pixels);
  } else {
    const plane = size * size;
    for (let i = 0; i < pixels.length; i++) {
      const channel = Math.floor(i / plane);
      const mean = normalization.mean[channel] as number;
      pixels[i] = ((pixels[i] as number) - mean) / (normalization.std[channel] as number);
    }
  }
  return pixels;
}

/** Left and right swapped; `rows` of `size` pixels. */
function mirrored(pixels: Float32Array, size: number): Float32Array {
  const out = new Float32Array(pixels.length);
  for (let at = 0; at < pixels.length; at++) out[at] = pixels[at - (at % size) + size - 1 - (at % size)] as number;
  return out;
}

/** @throws AffektError `model`, `contract` */
export async function openFaceExpert(
  runtime: Runtime,
  bytes: Uint8Array,
  contract: FaceContract,
  options: SessionOptions = {},
): Promise<FaceExpert> {
  const { input } = contract;
  const network = await openNetwork(runtime, bytes, contract, options);
  const length = input.channels * input.size * input.size;
  return {
    contract,
    prepare(picture, face) {
      if (face === null) return { pixels: facePixels(picture, input), quality: 1 };
      const side = Math.max(face.box.width, face.box.height);
      if (!(side >= 1)) {
        throw new AffektError(
          "shape",
          `A face box must be at least one pixel wide; received ${face.box.width}×${face.box.height}.`,
          "Check the face detector.",
        );
      }
      const quality = Math.max(LEAST_QUALITY, Math.min(1, side / SHARP_SIDE) * face.confidence);
      const square = cropSquare(picture, face.box, input.cropMargin);
      return { pixels: facePixels(square, input, input.aligned ? tilt(face) : 0), quality };
    },
    async opinions(faces) {
      const views = input.flipAverage
        ? faces.flatMap(({ pixels }) => [pixels, mirrored(pixels, input.size)])
        : faces.map(({ pixels }) => pixels);
      const perFace = input.flipAverage ? 2 : 1;
      const logits = await network.run(views.length, (start, end) => {
        const data = new Float32Array((end - start) * length);
        for (let row = start; row < end; row++) data.set(views[row] as Float32Array, (row - start) * length);
        return { [input.inputs.pixels]: float32(data, [end - start, input.channels, input.size, input.size]) };
      });
      const groups = views.map((_, view) => Math.floor(view / perFace));
      const means = meanOfGroups(logits, groups, faces.length);
      return faces.map(({ quality }, face) => ({
        contract,
        logits: means.data.slice(face * means.labels, (face + 1) * means.labels),
        quality,
      }));
    },
    close: () => network.close(),
  };
}
