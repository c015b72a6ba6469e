/** How a window of a convolution or a pool moves over rows and columns. */

/** Of rows and columns; one number for both. */
export type Pair = number | readonly [number, number];

export const pair = (value: Pair): readonly [number, number] => (typeof value === "number" ? [value, value] : value);

export interface ConvolutionGeometry {
  /** Rows and columns of the kernel. */
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Zeros added at the top, left, bottom and right. */
  readonly pads: readonly [number, number, number, number];
  readonly groups: number;
}

/** Windows that fit along an axis; `padding` is the sum of both ends. */
export function outputSize(size: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((size + padding - kernel) / stride) + 1;
}
