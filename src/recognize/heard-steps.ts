/** The steps of a sound in order of time, each moment once, out of the windows that a speech network has heard it in. */
import { windowStarts } from "./speech-expert.ts";

/** Of the windows that a moment lies in, the one with the most sound around it on its nearer side; of equals the first. */
function windowAt(moment: number, starts: readonly number[], window: number): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (const [at, start] of starts.entries()) {
    const around = Math.min(moment - start, start + window - moment);
    if (around > most) [best, most] = [at, around];
  }
  return best;
}

/**
 * A short sound starts over in its window, and windows of a long one overlap: what is heard twice stands here once. A
 * step stands for an equal stretch of its window. Of windows that begin between the steps of each other, the step is
 * taken whose middle is nearest: less than half a step off.
 *
 * @param windows `[windows, steps, dim]`: what the network gave
 * @param frames of the sound
 * @param window frames of a window
 * @returns `[n, dim]`, n the length of the sound in steps, rounded, but at least one
 */
export function heardSteps(windows: Float32Array, dim: number, frames: number, window: number): Float32Array {
  const starts = windowStarts(frames, window);
  const size = windows.length / starts.length;
  const stretch = (window * dim) / size;
  const count = Math.max(1, Math.round(frames / stretch));
  const out = new Float32Array(count * dim);
  for (let step = 0; step < count; step++) {
    const middle = (step + 0.5) * stretch;
    const at = windowAt(middle, starts, window);
    // Halves are rounded down, also where they are a hair more, so that the last step of a window is not passed.
    const nearest = Math.ceil((middle - (starts[at] as number)) / stretch - 1 - 1e-6);
    const from = at * size + nearest * dim;
    out.set(windows.subarray(from, from + dim), step * dim);
  }
  return out;
}
