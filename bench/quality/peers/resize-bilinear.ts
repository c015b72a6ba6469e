import type { Picture } from "../../../src/core/media.ts";

/**
 * A grey picture as `resizeBilinear(image, [side, side], false, false)` of TensorFlow.js makes it, which aligns the top
 * left corners of pixels.
 *
 * @param shade of a grey level from 0 to 255
 * @returns `[side, side]`
 */
export function resizeBilinear(
  { data, width, height }: Picture,
  side: number,
  shade: (level: number) => number,
): Float32Array {
  const out = new Float32Array(side * side);
  const [across, down] = [width / side, height / side];
  for (let y = 0; y < side; y++) {
    const [top, dy] = [Math.floor(y * down), (y * down) % 1];
    const bottom = Math.min(height - 1, top + 1);
    for (let x = 0; x < side; x++) {
      const [left, dx] = [Math.floor(x * across), (x * across) % 1];
      const right = Math.min(width - 1, left + 1);
      const at = (row: number, column: number): number => data[row * width + column] as number;
      const upper = at(top, left) + dx * (at(top, right) - at(top, left));
      const lower = at(bottom, left) + dx * (at(bottom, right) - at(bottom, left));
      out[y * side + x] = shade(upper + dy * (lower - upper));
    }
  }
  return out;
}
