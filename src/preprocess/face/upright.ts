/** Faces that are tilted: how far, and the square about one, turned upright as it is cut out. */
import type { Picture } from "../../core/media.ts";
import type { Box } from "../../core/prediction.ts";
import type { Point } from "./align.ts";
import { crop } from "./crop.ts";
import { resize } from "./resize.ts";
import { IDENTITY, warp } from "./warp.ts";

/** Top left, top right, bottom right and bottom left of a square, in a picture. */
export type Corners = readonly [Point, Point, Point, Point];

/**
 * How far a face is turned clockwise, in radians, from −π to π; 0 if nobody knows.
 *
 * @param landmarks the left eye first, then the right one, left and right as the upright face is seen
 */
export function rollOf([left, right]: readonly Point[]): number {
  if (left === undefined || right === undefined) return 0;
  return Math.atan2(right.y - left.y, right.x - left.x);
}

/** Where the corners of a square come to lie that is turned clockwise about its middle. @param roll in radians */
export function turnedCorners({ x, y, width, height }: Box, roll: number): Corners {
  const middle = { x: x + width / 2, y: y + height / 2 };
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const corner = (right: number, down: number): Point => ({
    x: middle.x + (cos * right * width - sin * down * height) / 2,
    y: middle.y + (sin * right * width + cos * down * height) / 2,
  });
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/**
 * The square about a face that is turned by `roll`, cut out and turned back; beyond the picture its edge is repeated.
 *
 * @param square as the face's box lies, in pixels
 * @param roll clockwise, in radians
 * @param finest a larger square is brought to this side first, in pixels
 */
export function cropUpright(picture: Picture, square: Box, roll: number, finest: number): Picture {
  const { channels } = picture;
  // So much wider is the upright square about the turned one.
  const reach = Math.abs(Math.cos(roll)) + Math.abs(Math.sin(roll));
  // Whole numbers, so that what is cut out is a square.
  const wide = Math.max(1, Math.round(reach * square.width));
  const x = Math.round(square.x + (square.width - wide) / 2);
  const y = Math.round(square.y + (square.height - wide) / 2);
  const whole = crop(picture, { x, y, width: wide, height: wide });
  const side = Math.max(1, Math.min(finest, Math.round(square.width)));
  const shrunk = Math.max(1, Math.round(reach * side));
  const around = whole.width > shrunk ? resize(whole, shrunk, shrunk) : whole;
  const planes = new Float32Array(channels * side * side);
  // Of all that was cut out, the square fills the output.
  const scale = whole.width / square.width;
  warp(around.data, around.width, planes, 0, side, { ...IDENTITY, angle: -roll, scale }, channels);
  const area = side * side;
  const data = new Uint8Array(planes.length);
  for (let at = 0; at < data.length; at++) {
    data[at] = Math.round(255 * planes[(at % channels) * area + Math.floor(at / channels)]!);
  }
  return { data, width: side, height: side, channels };
}
