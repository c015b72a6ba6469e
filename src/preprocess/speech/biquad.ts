/**
 * Second-order filters, in series.
 *
 * Source: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients" (W3C note, 2021).
 */

/** `y[n] = b0 x[n] + b1 x[n−1] + b2 x[n−2] − a1 y[n−1] − a2 y[n−2]`. */
export interface Biquad {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

function design(kind: "low" | "high", hertz: number, q: number, sampleRate: number): Biquad {
  const omega = (2 * Math.PI * hertz) / sampleRate;
  const alpha = Math.sin(omega) / (2 * q);
  const cosine = Math.cos(omega);
  const edge = kind === "low" ? 1 - cosine : 1 + cosine;
  const scale = 1 + alpha;
  return {
    b0: edge / 2 / scale,
    b1: (kind === "low" ? edge : -edge) / scale,
    b2: edge / 2 / scale,
    a1: (-2 * cosine) / scale,
    a2: (1 - alpha) / scale,
  };
}

export function lowPass(hertz: number, q: number, sampleRate: number): Biquad {
  return design("low", hertz, q, sampleRate);
}

export function highPass(hertz: number, q: number, sampleRate: number): Biquad {
  return design("high", hertz, q, sampleRate);
}

/** Q of the two halves of a Butterworth filter of fourth order. */
export const BUTTERWORTH_4 = [0.54119610014619, 1.30656296487638] as const;

/** Runs samples through filters in series, from rest. @returns new samples */
export function filter(samples: Float32Array, stages: readonly Biquad[]): Float32Array {
  let out = samples;
  for (const { b0, b1, b2, a1, a2 } of stages) {
    const next = new Float32Array(out.length);
    let [x1, x2, y1, y2] = [0, 0, 0, 0];
    for (let i = 0; i < out.length; i++) {
      const x = out[i]!;
      const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      // A filter that rings out in silence must not crawl through denormal numbers.
      y1 = Math.abs(y) < 1e-30 ? 0 : y;
      next[i] = y1;
    }
    out = next;
  }
  return out;
}
