/**
 * Turning a face upright: the rotation, scale and shift that bring its landmarks nearest to a template.
 *
 * Source: Umeyama (1991), Least-squares estimation of transformation parameters between two point patterns, IEEE PAMI
 * 13(4). In the plane its singular value decomposition has the closed form used here.
 */
import { AffektError } from "../../core/errors.ts";
import type { Picture } from "../../core/media.ts";
import { resize } from "./resize.ts";

/** In pixels from the top left corner, or as shares of a square's side. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `x' = a x − b y + x0`, `y' = b x + a y + y0`. */
export interface Similarity {
  /** Scale times cosine of the angle. */
  readonly a: number;
  /** Scale times sine of the angle. */
  readonly b: number;
  readonly x0: number;
  readonly y0: number;
}

/**
 * The usual five points: eyes (left in the picture first), tip of the nose, corners of the mouth. Shares of the side.
 *
 * Source: the 112-pixel template of ArcFace, Deng et al. (2019).
 */
export const FIVE_POINTS: readonly Point[] = [
  { x: 38.2946 / 112, y: 51.6963 / 112 },
  { x: 73.5318 / 112, y: 51.5014 / 112 },
  { x: 56.0252 / 112, y: 71.7366 / 112 },
  { x: 41.5493 / 112, y: 92.3655 / 112 },
  { x: 70.7299 / 112, y: 92.2041 / 112 },
];

/**
 * BlazeFace's first four points: eyes (left in the picture first), tip of the nose, centre of the mouth. The template
 * is the one of five points with the corners of the mouth averaged; BlazeFace's ears are hidden too often to steer by.
 */
export const FOUR_POINTS: readonly Point[] = [...FIVE_POINTS.slice(0, 3), { x: 56.1396 / 112, y: 92.2848 / 112 }];

/**
 * The similarity that brings `from` nearest to `to` in the least-squares sense. Never mirrors.
 *
 * @param from at least two different points
 * @param to as many points
 * @throws AffektError `shape` if the numbers of points differ, or all of `from` coincide
 */
export function similarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const count = from.length;
  const middle = (points: readonly Point[]): Point => ({
    x: points.reduce((sum, point) => sum + point.x, 0) / count,
    y: points.reduce((sum, point) => sum + point.y, 0) / count,
  });
  const fromMiddle = middle(from);
  const toMiddle = middle(to);
  let spread = 0;
  let dot = 0;
  let cross = 0;
  for (const [i, point] of from.entries()) {
    const goal = to[i] ?? toMiddle;
    const [x, y] = [point.x - fromMiddle.x, point.y - fromMiddle.y];
    const [u, v] = [goal.x - toMiddle.x, goal.y - toMiddle.y];
    spread += x * x + y * y;
    dot += x * u + y * v;
    cross += x * v - y * u;
  }
  if (count !== to.length || !(spread > 0)) {
    throw new AffektError(
      "shape",
      `An alignment needs as many points as its template (${to.length}), not all in one place; received ${count}.`,
      "Check the landmarks, and choose the template that belongs to them.",
    );
  }
  const [a, b] = [dot / spread, cross / spread];
  return {
    a,
    b,
    x0: toMiddle.x - a * fromMiddle.x + b * fromMiddle.y,
    y0: toMiddle.y - b * fromMiddle.x - a * fromMiddle.y,
  };
}

function inverse({ a, b, x0, y0 }: Similarity): Similarity {
  const norm = a * a + b * b;
  const [c, d] = [a / norm, -b / norm];
  return { a: c, b: d, x0: -(c * x0 - d * y0), y0: -(d * x0 + c * y0) };
}

export interface AlignOptions {
  /** Where the landmarks shall be. Default `FIVE_POINTS` for five landmarks, `FOUR_POINTS` otherwise. */
  readonly template?: readonly Point[];
  /** Above 1 shows more of the head around the template. Default 1. */
  readonly margin?: number;
}

/** Shares of the side become positions of pixel centres: the middle of pixel 0 is at 0.5. */
function places(template: readonly Point[], margin: number, side: number): Point[] {
  return template.map(({ x, y }) => ({
    x: ((x - 0.5) / margin + 0.5) * side - 0.5,
    y: ((y - 0.5) / margin + 0.5) * side - 0.5,
  }));
}

const templateOf = (landmarks: readonly Point[]): readonly Point[] =>
  landmarks.length === 5 ? FIVE_POINTS : FOUR_POINTS;

/** Where the corners of `align`'s crop lie in the picture: top left, top right, bottom right, bottom left. */
export function alignedCorners(
  landmarks: readonly Point[],
  { template = templateOf(landmarks), margin = 1 }: AlignOptions = {},
): [Point, Point, Point, Point] {
  const side = 100;
  const back = inverse(similarity(landmarks.slice(0, template.length), places(template, margin, side)));
  const corner = (column: number, row: number): Point => {
    const [x, y] = [column * side - 0.5, row * side - 0.5];
    return { x: back.a * x - back.b * y + back.x0 + 0.5, y: back.b * x + back.a * y + back.y0 + 0.5 };
  };
  return [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)];
}

/**
 * An upright square crop of a face; beyond the picture its edge is repeated.
 *
 * @param landmarks in pixels: five points as in `FIVE_POINTS`, or BlazeFace's (its first four are used)
 * @param size side of the crop in pixels
 */
export function align(
  picture: Picture,
  landmarks: readonly Point[],
  size: number,
  options: AlignOptions = {},
): Picture {
  const { template = templateOf(landmarks), margin = 1 } = options;
  const used = landmarks.slice(0, template.length);
  const shrink = scaleOf(similarity(used, places(template, margin, size)));
  // One bilinear look-up skips pixels when it shrinks by more than half, so sample at full size and average down.
  const steps = Math.min(8, Math.max(1, Math.ceil(0.75 / shrink)));
  const side = size * steps;
  const back = inverse(similarity(used, places(template, margin, side)));
  return resize(sample(picture, back, side), size, size);
}

function scaleOf({ a, b }: Similarity): number {
  return Math.hypot(a, b);
}

function sample(picture: Picture, back: Similarity, side: number): Picture {
  const { data, width, height, channels } = picture;
  const out = new Uint8Array(side * side * channels);
  const lastX = width - 1;
  const lastY = height - 1;
  let to = 0;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const x = Math.min(lastX, Math.max(0, back.a * column - back.b * row + back.x0));
      const y = Math.min(lastY, Math.max(0, back.b * column + back.a * row + back.y0));
      const left = Math.floor(x);
      const top = Math.floor(y);
      const fx = x - left;
      const fy = y - top;
      const corner = (top * width + left) * channels;
      const right = left < lastX ? channels : 0;
      const down = top < lastY ? width * channels : 0;
      for (let at = corner; at < corner + channels; at++) {
        const upper = data[at]! + (data[at + right]! - data[at]!) * fx;
        const lower = data[at + down]! + (data[at + down + right]! - data[at + down]!) * fx;
        out[to++] = Math.round(upper + (lower - upper) * fy);
      }
    }
  }
  return { data: out, width: side, height: side, channels };
}
