/** What cameras and people do to a face crop: rotation, blur, darkness, few or many pixels, covered eyes or mouth. */
import type { Picture } from "../../../src/core/media.ts";
import { random } from "../../../src/core/random.ts";
import { resize } from "../../../src/preprocess/face/resize.ts";
import { IDENTITY, warp } from "../../../src/preprocess/face/warp.ts";

/** Of one grey square to another. */
type Change = (face: Picture) => Picture;

function withData(face: Picture, shade: (value: number, x: number, y: number) => number): Picture {
  const { width } = face;
  const data = face.data.map((value, at) =>
    Math.max(
      0,
      Math.min(255, Math.round(shade(value, ((at % width) + 0.5) / width, (Math.floor(at / width) + 0.5) / width))),
    ),
  );
  return { ...face, data };
}

/** Clockwise; what comes in from outside repeats the edge. */
export const rotated =
  (degrees: number): Change =>
  (face) => {
    const side = face.width;
    const out = new Float32Array(side * side);
    warp(face.data, side, out, 0, side, { ...IDENTITY, angle: (degrees * Math.PI) / 180 }, 1);
    return { ...face, data: Uint8Array.from(out, (value) => Math.round(255 * value)) };
  };

/**
 * In the middle of a larger picture, for a detector to find: half of its side, clockwise; the edge of the face is repeated
 * all around.
 */
export const amidPicture =
  (degrees: number, side = 320): Change =>
  (face) => {
    const out = new Float32Array(side * side);
    warp(face.data, face.width, out, 0, side, { ...IDENTITY, scale: 0.5, angle: (degrees * Math.PI) / 180 });
    return {
      data: Uint8Array.from({ length: 3 * side * side }, (_, at) =>
        Math.round(255 * (out[Math.floor(at / 3)] as number)),
      ),
      width: side,
      height: side,
      channels: 3,
    };
  };

/** Gaussian; the deviation is in percent of the face's side. */
export const blurred =
  (percentOfSide: number): Change =>
  (face) => {
    const { width: side } = face;
    const deviation = (percentOfSide / 100) * side;
    if (deviation === 0) return face;
    const reach = Math.ceil(3 * deviation);
    const weights = Array.from({ length: 2 * reach + 1 }, (_, at) =>
      Math.exp(-((at - reach) ** 2) / (2 * deviation ** 2)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const along = (data: ArrayLike<number>, step: number, across: number): Float32Array =>
      Float32Array.from({ length: side * side }, (_, index) => {
        const [place, line] = [Math.floor(index / step) % side, Math.floor(index / across) % side];
        let sum = 0;
        for (const [tap, weight] of weights.entries()) {
          const at = Math.max(0, Math.min(side - 1, place + tap - reach));
          sum += weight * (data[at * step + line * across] as number);
        }
        return sum / total;
      });
    const rows = along(face.data, 1, side);
    return { ...face, data: Uint8Array.from(along(rows, side, 1), (value) => Math.round(value)) };
  };

/** Noise of a camera's sensor, in grey levels, that does not get less with the light. */
const SENSOR_NOISE = 3;

/** So much of the light, with the noise of the sensor; no camera brightens it again. */
export const darkened =
  (share: number): Change =>
  (face) => {
    if (share === 1) return face;
    const generator = random(5);
    return withData(face, (value) => share * value + SENSOR_NOISE * generator.normal());
  };

/** Brought to so many pixels. The source has 48: what is larger holds no more detail, but takes another way inside. */
export const sized =
  (side: number): Change =>
  (face) =>
    resize(face, side, side);

const inEllipse = (x: number, y: number, cx: number, cy: number, rx: number, ry: number): boolean =>
  ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;

/** Where the eyes of a FER2013 crop usually are, as shares of the side. */
const EYES = [0.31, 0.69] as const;
const EYE_HEIGHT = 0.38;

const isBridge = (x: number, y: number): boolean => Math.abs(x - 0.5) < 0.09 && Math.abs(y - EYE_HEIGHT + 0.03) < 0.02;

/** Dark glasses over both eyes. */
export const sunglasses: Change = (face) =>
  withData(face, (value, x, y) =>
    EYES.some((eye) => inEllipse(x, y, eye, EYE_HEIGHT, 0.17, 0.12)) || isBridge(x, y) ? 18 : value,
  );

/** Thin dark frames; the eyes are seen. */
export const glasses: Change = (face) =>
  withData(face, (value, x, y) => {
    const onFrame = EYES.some(
      (eye) => inEllipse(x, y, eye, EYE_HEIGHT, 0.17, 0.13) && !inEllipse(x, y, eye, EYE_HEIGHT, 0.14, 0.1),
    );
    return onFrame || isBridge(x, y) ? 35 : value;
  });

/** A pale cloth over nose and mouth. */
export const mask: Change = (face) =>
  withData(face, (value, x, y) => (y > 0.56 && inEllipse(x, y, 0.5, 0.72, 0.4, 0.3) ? 190 : value));
