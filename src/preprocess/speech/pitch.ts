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
  const samples = decimate(sound.samples, factor);
  const rate = sampleRate / factor;
  const shortest = Math.max(2, Math.floor(rate / high));
  const longest = Math.ceil(rate / low);
  const window = longest;
  const hop = (rate * hopMs) / 1000;
  const steps = Math.max(1, 1 + Math.floor((samples.length - 2 * window) / hop));
  const hertz = new Float32Array(steps);
  const voicing = new Float32Array(steps);
  const difference = new Float64Array(longest + 2);
  for (let step = 0; step < steps; step++) {
    const start = Math.round(step * hop);
    if (start + 2 * window > samples.length) break;
    let energy = 0;
    for (let i = 0; i < window; i++) energy += samples[start + i]! ** 2;
    if (energy < window * 1e-8) continue;
    let sum = 0;
    difference[0] = 1;
    for (let lag = 1; lag < longest; lag++) {
      let total = 0;
      for (let i = start; i < start + window; i++) {
        const d = samples[i]! - samples[i + lag]!;
        total += d * d;
      }
      sum += total;
      difference[lag] = sum === 0 ? 1 : (total * lag) / sum;
    }
    let best = -1;
    for (let lag = shortest; lag < longest - 1; lag++) {
      if (difference[lag]! >= threshold) continue;
      while (lag + 1 < longest - 1 && difference[lag + 1]! < difference[lag]!) lag++;
      best = lag;
      break;
    }
    if (best < 0) continue;
    const offset = parabolaOffset(difference[best - 1]!, difference[best]!, difference[best + 1]!);
    hertz[step] = rate / (best + offset);
    voicing[step] = Math.max(0, Math.min(1, 1 - difference[best]!));
  }
  const smooth = hertz.map((value, step) =>
    step === 0 || step === steps - 1 ? value : medianOfThree(hertz[step - 1]!, value, hertz[step + 1]!),
  );
  return { hertz: smooth, voicing, hopMs };
}

/** Every `factor`-th mean of `factor` samples: enough of a low-pass for a search under 600 Hz. */
function decimate(samples: Float32Array, factor: number): Float32Array {
  if (factor === 1) return samples;
  const out = new Float32Array(Math.floor(samples.length / factor));
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let j = 0; j < factor; j++) sum += samples[i * factor + j]!;
    out[i] = sum / factor;
  }
  return out;
}
