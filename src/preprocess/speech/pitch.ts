/**
 * Fundamental frequency of a voice, frame by frame.
 *
 * Source: YIN, de Cheveigné & Kawahara (2002), steps 1 to 5: difference function, cumulative mean normalization,
 * absolute threshold, parabolic interpolation. The search for the best local estimate (step 6) is replaced by a median
 * of three, which removes single octave errors at no cost.
 */
import type { Waveform } from "../../core/media.ts";
import { checkSound } from "./log-mel.ts";

export interface PitchOptions {
  /** In Hz. Default 65. */
  readonly low?: number;
  /** In Hz. Default 600: cries and laughter reach it. */
  readonly high?: number;
  /** Default 10. */
  readonly hopMs?: number;
  /** A frame is voiced if its normalized difference dips under this. Default 0.15. */
  readonly threshold?: number;
}

export interface Pitch {
  /** In Hz, one per hop; 0 where the frame is not voiced. */
  readonly hertz: Float32Array;
  /** In [0, 1]: 1 minus the depth of the dip. */
  readonly voicing: Float32Array;
  readonly hopMs: number;
}

/** Bottom of the parabola through three neighbours, as an offset from the middle one. */
function parabolaOffset(left: number, middle: number, right: number): number {
  const curve = left - 2 * middle + right;
  return curve <= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (left - right) / (2 * curve)));
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** As many lags share what they read of a frame, and do not wait for each other's sums. */
const LAGS = 4;

interface DipSearch {
  readonly samples: Float64Array;
  readonly window: number;
  readonly shortest: number;
  readonly longest: number;
  readonly threshold: number;
}

/**
 * Finds the first dip of the normalized difference under the threshold, between neighbours. The difference of a lag rests
 * on the shorter ones alone, so that it is worked out no further than the dip: that of a high voice comes early.
 */
function dipFinder({ samples, window, shortest, longest, threshold }: DipSearch) {
  const difference = new Float64Array(longest + LAGS);
  /** The differences of lags before `ready` are there, and `sum` is theirs before they were normalized. */
  let [ready, sum] = [1, 0];

  function normalized(lag: number, total: number): void {
    sum += total;
    difference[lag] = sum === 0 ? 1 : (total * lag) / sum;
  }

  function more(start: number): void {
    const lag = ready;
    const end = start + window;
    let [a, b, c, d] = [0, 0, 0, 0];
    let first = samples[start + lag]!;
    let second = samples[start + lag + 1]!;
    let third = samples[start + lag + 2]!;
    for (let i = start, ahead = start + lag + 3; i < end; i++, ahead++) {
      const now = samples[i]!;
      const fourth = samples[ahead]!;
      a += (now - first) * (now - first);
      b += (now - second) * (now - second);
      c += (now - third) * (now - third);
      d += (now - fourth) * (now - fourth);
      first = second;
      second = third;
      third = fourth;
    }
    normalized(lag, a);
    normalized(lag + 1, b);
    normalized(lag + 2, c);
    normalized(lag + 3, d);
    ready = lag + LAGS;
  }

  /** @returns the lag at the bottom of the dip, in parts of a sample, and the difference there */
  return (start: number): { readonly lag: number; readonly depth: number } | undefined => {
    [ready, sum] = [1, 0];
    const at = (lag: number): number => {
      while (lag >= ready) more(start);
      return difference[lag]!;
    };
    for (let lag = shortest; lag < longest - 1; lag++) {
      if (at(lag) >= threshold) continue;
      while (lag + 1 < longest - 1 && at(lag + 1) < at(lag)) lag++;
      return { lag: lag + parabolaOffset(at(lag - 1), at(lag), at(lag + 1)), depth: at(lag) };
    }
    return undefined;
  };
}

/**
 * @param sound mono, at least one sample; one that is shorter than two periods of `low` has no voiced frame
 * @throws AffektError `input` if there are no samples
 */
export function pitch(sound: Waveform, options: PitchOptions = {}): Pitch {
  checkSound(sound, sound.sampleRate, "Pitch");
  const { low = 65, high = 600, hopMs = 10, threshold = 0.15 } = options;
  const { sampleRate } = sound;
  // The dip is as sharp at half the rate, and four times cheaper to find.
  const factor = Math.max(1, Math.floor(sampleRate / 8_000));
  const length = Math.floor(sound.samples.length / factor);
  // Lags are looked at in fours, the last of which may reach beyond the end.
  const samples = decimate(sound.samples, factor, length + LAGS);
  const rate = sampleRate / factor;
  const shortest = Math.max(2, Math.floor(rate / high));
  const longest = Math.ceil(rate / low);
  const window = longest;
  const hop = (rate * hopMs) / 1000;
  const steps = Math.max(1, 1 + Math.floor((length - 2 * window) / hop));
  const hertz = new Float32Array(steps);
  const voicing = new Float32Array(steps);
  const dip = dipFinder({ samples, window, shortest, longest, threshold });
  for (let step = 0; step < steps; step++) {
    const start = Math.round(step * hop);
    if (start + 2 * window > length) break;
    let energy = 0;
    for (let i = 0; i < window; i++) energy += samples[start + i]! ** 2;
    if (energy < window * 1e-8) continue;
    const found = dip(start);
    if (found === undefined) continue;
    hertz[step] = rate / found.lag;
    voicing[step] = Math.max(0, Math.min(1, 1 - found.depth));
  }
  const smooth = hertz.map((value, step) =>
    step === 0 || step === steps - 1 ? value : medianOfThree(hertz[step - 1]!, value, hertz[step + 1]!),
  );
  return { hertz: smooth, voicing, hopMs };
}

/**
 * Every `factor`-th mean of `factor` samples: enough of a low-pass for a search under 600 Hz.
 *
 * @returns as many numbers as asked for, zeros behind the end
 */
function decimate(samples: Float32Array, factor: number, length: number): Float64Array {
  const out = new Float64Array(length);
  const count = Math.floor(samples.length / factor);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let j = 0; j < factor; j++) sum += samples[i * factor + j]!;
    // Single precision, as a sound that already has this rate.
    out[i] = Math.fround(sum / factor);
  }
  return out;
}
