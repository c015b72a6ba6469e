/** Gaussian blur of square pictures, for training: rows and columns one after the other. */

/** Where the kernel ends, in deviations. */
const REACH = 3;

function kernel(deviation: number): Float32Array {
  const reach = Math.ceil(REACH * deviation);
  const weights = Float32Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * deviation ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** One line of `length` values, `step` apart; outside of it its ends are repeated. */
function blurLine(
  values: Float32Array,
  { start, step, length }: { readonly start: number; readonly step: number; readonly length: number },
  weights: Float32Array,
  line: Float32Array,
): void {
  const reach = weights.length >> 1;
  for (let i = 0; i < length + 2 * reach; i++) {
    const at = Math.max(0, Math.min(length - 1, i - reach));
    line[i] = values[start + at * step]!;
  }
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let tap = 0; tap < weights.length; tap++) sum += weights[tap]! * line[i + tap]!;
    values[start + i * step] = sum;
  }
}

/**
 * Blurs in place; the edge is repeated outside.
 *
 * @param pixels `[planes, side, side]`
 * @param deviation of the Gaussian, in pixels; below a tenth nothing is done
 */
export function gaussianBlur(pixels: Float32Array, side: number, deviation: number): void {
  if (deviation < 0.1) return;
  const weights = kernel(deviation);
  const line = new Float32Array(side + weights.length);
  const area = side * side;
  for (let plane = 0; plane < pixels.length; plane += area) {
    for (let at = 0; at < side; at++) {
      blurLine(pixels, { start: plane + at * side, step: 1, length: side }, weights, line);
    }
    for (let at = 0; at < side; at++) {
      blurLine(pixels, { start: plane + at, step: side, length: side }, weights, line);
    }
  }
}
