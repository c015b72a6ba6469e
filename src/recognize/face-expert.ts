/**
 * Face → opinion: a crop by the contract, one network. A still face is looked at in every pass, that is each view of the
 * contract and, where it says so, its mirror image, and the passes are averaged (test-time augmentation). Of a face that
 * is followed over many frames, few passes of each frame do: the frames bring the others, and smoothing averages them.
 */
import { AffektError } from "../core/errors.ts";
import type { Picture } from "../core/media.ts";
import type { Runtime, SessionOptions } from "../core/ports.ts";
import type { Box } from "../core/prediction.ts";
import { float32 } from "../core/tensor.ts";
import { align, alignedCorners, type Point } from "../preprocess/face/align.ts";
import { cropSquare, squareBox } from "../preprocess/face/crop.ts";
import { grey, rgb } from "../preprocess/face/grey.ts";
import { normalize, standardize } from "../preprocess/face/normalize.ts";
import { faceQuality } from "../preprocess/face/quality.ts";
import { resize } from "../preprocess/face/resize.ts";
import { quartersUpright, turnedPicture } from "../preprocess/face/turn.ts";
import { type Corners, cropUpright, rollOf, turnedCorners } from "../preprocess/face/upright.ts";
import { IDENTITY, warp } from "../preprocess/face/warp.ts";
import type { FaceContract, FaceView } from "./contract.ts";
import { meanOfGroups, openNetwork, rowAnswer } from "./network.ts";
import type { Opinion } from "./opinion.ts";

/** A face found in a picture. */
export interface DetectedFace {
  /** To show people, in pixels of the picture. */
  readonly box: Box;
  /** From the brow to the chin: what is cropped. Default: `box`. */
  readonly tight?: Box;
  /** In [0, 1]. */
  readonly confidence: number;
  /** In pixels: eyes (left in the picture first), tip of the nose, mouth, as `preprocess/face/align.ts` takes them. */
  readonly landmarks?: readonly Point[];
}

/** How hard to look. */
export interface DetectOptions {
  readonly turns?: boolean;
  readonly finest?: 256 | 512 | 1024;
  readonly room?: boolean;
  readonly even?: boolean;
}

/** What is needed of a face detector. */
export interface FaceDetector {
  /** Every face, in any order. */
  detect(picture: Picture, options?: DetectOptions): Promise<readonly DetectedFace[]>;
  /** The face that was in the box `tight` a moment ago; undefined if it is gone. Without it every frame is looked at. */
  follow?(picture: Picture, tight: Box): Promise<DetectedFace | undefined>;
  release?(): Promise<void>;
}

/** What the network sees of one face; small, so that the picture need not be kept. */
export interface PreparedFace {
  /** A `[channels, size, size]` per view, normalized by the contract. */
  readonly views: readonly Float32Array[];
  readonly quality: number;
  /** Mirror images that were wanted are among the views: the network sees them as they are. */
  readonly complete?: true;
}

export interface FaceExpert {
  readonly contract: FaceContract;
  /** In how many ways the network looks at a still face. */
  readonly passes: number;
  /**
   * @param face null if the picture is a face crop already
   * @param passes which ones, each in [0, passes); default: all
   */
  prepare(picture: Picture, face: DetectedFace | null, passes?: readonly number[]): PreparedFace;
  opinions(faces: readonly PreparedFace[]): Promise<Opinion[]>;
  close(): Promise<void>;
}

const LEAST_QUALITY = 0.05;

const WHOLE: readonly FaceView[] = [{ scale: 1, shiftX: 0, shiftY: 0 }];

/** How a contract wants a face. */
type FaceInput = Omit<FaceContract["input"], "inputs">;

/** A square crop in the colours and the size that the network is fed from. @param quarters turns clockwise that set the face up */
function uprightSquare(square: Picture, { size, channels, cropSize = size }: FaceInput, quarters: number): Picture {
  return turnedPicture(resize(channels === 1 ? grey(square) : rgb(square), cropSize, cropSize), quarters);
}

/** A square crop as the network wants it: a `[channels, size, size]` per view. */
function faceViews(square: Picture, input: FaceInput, views: readonly FaceView[], quarters = 0): Float32Array[] {
  const { size, channels, normalization, cropSize = size } = input;
  const crop = uprightSquare(square, input, quarters);
  return views.map(({ scale, shiftX, shiftY }) => {
    const pixels = new Float32Array(channels * size * size);
    // One pixel of the crop is one pixel of the view: a smaller view is the middle of the crop.
    const transform = { ...IDENTITY, scale: (scale * cropSize) / size, shiftX, shiftY };
    warp(crop.data, cropSize, pixels, 0, size, transform, channels);
    if (normalization === "standardize") standardize(pixels);
    else normalize(pixels, normalization.mean, normalization.std);
    return pixels;
  });
}

/** Left and right swapped; `rows` of `size` pixels. */
function mirrored(pixels: Float32Array, size: number): Float32Array {
  const out = new Float32Array(pixels.length);
  for (let at = 0; at < pixels.length; at++) out[at] = pixels[at - (at % size) + size - 1 - (at % size)] as number;
  return out;
}

/**
 * @param face null if the picture is a face crop already
 * @param views default: those of the contract
 * @throws AffektError `shape` if the box of the face is less than a pixel wide
 */
export function prepareFace(
  picture: Picture,
  face: DetectedFace | null,
  input: FaceInput,
  views: readonly FaceView[] = input.views ?? WHOLE,
): PreparedFace {
  if (face === null) return { views: faceViews(picture, input, views), quality: faceQuality(picture).quality };
  const { tight: box = face.box, confidence } = face;
  const cut = cutFace(picture, face, input);
  // Grey once for both: cameras give large crops, many times a second.
  const square = input.channels === 1 ? grey(cut.square) : cut.square;
  const { quality } = faceQuality(square, Math.min(box.width, box.height));
  return {
    views: faceViews(square, input, views, cut.quarters),
    quality: Math.max(LEAST_QUALITY, quality * confidence),
  };
}

/**
 * A face whose eyes lie further than this from level, in radians (5°), is turned. Below, nothing is gained, and the crop
 * stays as sharp as the picture.
 */
const LEAST_TILT = (5 * Math.PI) / 180;

/** A turned crop is as wide as this many sides of what the network is fed from, at most: no detail is lost. */
const FINEST = 3;

interface CutFace {
  /** Of any size; upright but for quarter turns. */
  readonly square: Picture;
  /** Turns clockwise that set the face up. */
  readonly quarters: number;
  /** Of the square in the picture: top left, top right, bottom right, bottom left. */
  readonly corners: Corners;
}

/** How far from the nearest quarter turn, in radians. */
function tiltOf(roll: number): number {
  const quarter = Math.PI / 2;
  return Math.abs(roll - quarter * Math.round(roll / quarter));
}

/** @throws AffektError `shape` if the box of the face is less than a pixel wide */
function cutFace(picture: Picture, face: DetectedFace, input: FaceInput): CutFace {
  const { tight: box = face.box, landmarks } = face;
  const side = Math.max(box.width, box.height);
  if (!(side >= 1)) {
    throw new AffektError(
      "shape",
      `A face box must be at least one pixel wide; received ${box.width}×${box.height}.`,
      "Check the face detector.",
    );
  }
  const margin = 1 + 2 * input.cropMargin;
  if (input.aligned && landmarks !== undefined) {
    return {
      square: align(picture, landmarks, input.cropSize ?? input.size, { margin }),
      quarters: 0,
      corners: alignedCorners(landmarks, { margin }),
    };
  }
  const whole = squareBox(box, input.cropMargin);
  const roll = rollOf(landmarks ?? []);
  // Networks know faces that stand: one that is tilted, or lies, as in a photograph taken sideways, is set up.
  if (tiltOf(roll) < LEAST_TILT) {
    return {
      square: cropSquare(picture, box, input.cropMargin),
      quarters: quartersUpright(landmarks ?? []),
      corners: turnedCorners(whole, 0),
    };
  }
  return {
    square: cropUpright(picture, whole, roll, FINEST * (input.cropSize ?? input.size)),
    quarters: 0,
    corners: turnedCorners(whole, roll),
  };
}

/**
 * The crop of a face that the network's views are cut from: `expert.prepare(crop, null)` gives the views of the face.
 *
 * @param face null if the picture is a face crop already
 * @returns the crop, and where its corners lie in the picture: top left, top right, bottom right, bottom left
 * @throws AffektError `shape` if the box of the face is less than a pixel wide
 */
export function uprightCrop(
  picture: Picture,
  face: DetectedFace | null,
  input: FaceInput,
): { readonly crop: Picture; readonly corners: Corners } {
  const cut =
    face === null
      ? {
          square: picture,
          quarters: 0,
          corners: turnedCorners({ x: 0, y: 0, width: picture.width, height: picture.height }, 0),
        }
      : cutFace(picture, face, input);
  const [a, b, c, d] = cut.corners;
  const turned =
    (
      [
        [a, b, c, d],
        [d, a, b, c],
        [c, d, a, b],
        [b, c, d, a],
      ] as const
    )[cut.quarters] ?? cut.corners;
  return { crop: uprightSquare(cut.square, input, cut.quarters), corners: turned };
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
  const all = input.views ?? WHOLE;
  /** Each view is followed by its mirror image, where there is one. */
  const ways = input.flipAverage ? 2 : 1;
  return {
    contract,
    passes: ways * all.length,
    prepare(picture, face, passes) {
      if (passes === undefined) return prepareFace(picture, face, input);
      const wanted = passes.map((pass) => all[Math.floor(pass / ways)] as FaceView);
      const { views, quality } = prepareFace(picture, face, input, wanted);
      const seen = views.map((view, index) =>
        (passes[index] as number) % ways === 1 ? mirrored(view, input.size) : view,
      );
      return { views: seen, quality, complete: true };
    },
    async opinions(faces) {
      const own = faces.map(({ views, complete }) =>
        input.flipAverage && !complete ? views.flatMap((view) => [view, mirrored(view, input.size)]) : views,
      );
      const views = own.flat();
      const logits = await network.run(views.length, (start, end) => {
        const data = new Float32Array((end - start) * length);
        for (let row = start; row < end; row++) data.set(views[row] as Float32Array, (row - start) * length);
        return { [input.inputs.pixels]: float32(data, [end - start, input.channels, input.size, input.size]) };
      });
      const groups = own.flatMap((seen, face) => seen.map(() => face));
      const means = meanOfGroups(logits, groups, faces.length);
      return faces.map(({ quality }, face) => ({
        contract,
        ...rowAnswer(means, face),
        quality,
      }));
    },
    close: () => network.close(),
  };
}
