/** Quarter turns: of what a network sees, the way back for what it finds, and of lying faces that are cut out. */
import type { Picture } from "../../core/media.ts";
import type { Point } from "./align.ts";
import type { FaceCandidate } from "./blazeface.ts";

/**
 * Square planes turned clockwise.
 *
 * @param planes `[channels, side, side]`
 * @param quarters 0 to 3; 0 returns the planes themselves
 */
export function turnedPlanes(planes: Float32Array, side: number, quarters: number): Float32Array {
  if (quarters === 0) return planes;
  const area = side * side;
  const last = side - 1;
  const out = new Float32Array(planes.length);
  for (let plane = 0; plane < planes.length; plane += area) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const [sourceX, sourceY] =
          quarters === 1 ? [y, last - x] : quarters === 2 ? [last - x, last - y] : [last - y, x];
        out[plane + y * side + x] = planes[plane + sourceY * side + sourceX]!;
      }
    }
  }
  return out;
}

/** A square picture turned clockwise. @param quarters 0 to 3; 0 returns the picture itself */
export function turnedPicture(picture: Picture, quarters: number): Picture {
  if (quarters === 0) return picture;
  const { data, width: side, channels } = picture;
  const turned = new Uint8Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    const plane = Float32Array.from({ length: side * side }, (_, at) => data[at * channels + channel]!);
    for (const [at, value] of turnedPlanes(plane, side, quarters).entries()) turned[at * channels + channel] = value;
  }
  return { ...picture, data: turned };
}

/**
 * Quarter turns clockwise that bring a face nearest to upright.
 *
 * @param landmarks the left eye first, then the right one, left and right as the upright face is seen
 */
export function quartersUpright([left, right]: readonly Point[]): number {
  if (left === undefined || right === undefined) return 0;
  const roll = Math.atan2(right.y - left.y, right.x - left.x);
  return (4 - Math.round(roll / (Math.PI / 2))) % 4;
}

/** A face found in turned planes, where it is in the planes as they were. */
export function unturn(face: FaceCandidate, side: number, quarters: number): FaceCandidate {
  if (quarters === 0) return face;
  const back = ({ x, y }: Point): Point => {
    if (quarters === 1) return { x: y, y: side - x };
    return quarters === 2 ? { x: side - x, y: side - y } : { x: side - y, y: x };
  };
  const { box } = face;
  const a = back({ x: box.x, y: box.y });
  const b = back({ x: box.x + box.width, y: box.y + box.height });
  return {
    confidence: face.confidence,
    landmarks: face.landmarks.map(back),
    box: { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) },
  };
}
