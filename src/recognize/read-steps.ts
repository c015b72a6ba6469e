/** The steps of a text, one a subword, out of the windows that a network has read it in. */

/**
 * What follows the subwords of a window is padding; a subword whose step is all zeros counts.
 *
 * @param windows `[windows, steps, dim]`: what the network gave
 * @param subwords of each window, at most `steps`
 * @returns `[n, dim]`, a step for each subword, window after window
 */
export function readSteps(windows: Float32Array, dim: number, subwords: readonly number[]): Float32Array {
  const size = windows.length / subwords.length;
  const out = new Float32Array(subwords.reduce((sum, count) => sum + count, 0) * dim);
  let at = 0;
  for (const [window, count] of subwords.entries()) {
    out.set(windows.subarray(window * size, window * size + count * dim), at);
    at += count * dim;
  }
  return out;
}
