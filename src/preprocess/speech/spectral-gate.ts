/**
 * Noise reduction without a network: what does not stand out of the steady background is turned down.
 *
 * Source: spectral subtraction, Boll (1979), with the over-subtraction and floor of Berouti et al. (1979); the background
 * is the quietest fifth of each frequency over time, in the spirit of minimum statistics (Martin 2001).
 */
import FFT from "fft.js";
import type { Waveform } from "../../core/media.ts";
import { hannWindow } from "./log-mel.ts";

export interface SpectralGateOptions {
  /** How much more than the estimated noise is subtracted. Default 2. */
  readonly overSubtraction?: number;
  /** Least gain, in dB: some of the background must stay, or what is left of it tinkles. Default −18. */
  readonly floorDb?: number;
}

/** The mean of the lowest fifth of noise power is this share of its mean (exponential distribution). */
const LOW_FIFTH_OF_MEAN = 0.107;

/** @returns as long as the sound and without delay; sound shorter than two windows (64 ms) stays as it is */
export function spectralGate(sound: Waveform, options: SpectralGateOptions = {}): Waveform {
  const { overSubtraction = 2, floorDb = -18 } = options;
  const { samples, sampleRate } = sound;
  let size = 64;
  while (size < 0.032 * sampleRate) size *= 2;
  if (samples.length < 2 * size) return sound;
  const hop = size / 4;
  const bins = size / 2 + 1;
  const steps = Math.ceil((samples.length + size - hop) / hop);
  const window = hannWindow(size);
  const fft = new FFT(size);
  const frame = new Float64Array(size);
  const spectrum = new Float64Array(2 * size);
  const time = new Float64Array(2 * size);

  function transform(step: number): void {
    const start = step * hop - (size - hop);
    for (let i = 0; i < size; i++) frame[i] = (samples[start + i] ?? 0) * window[i]!;
    fft.realTransform(spectrum, frame);
  }

  const powers = new Float32Array(bins * steps);
  for (let step = 0; step < steps; step++) {
    transform(step);
    for (let bin = 0; bin < bins; bin++) {
      powers[bin * steps + step] = spectrum[2 * bin]! ** 2 + spectrum[2 * bin + 1]! ** 2;
    }
  }
  const noise = new Float64Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    const sorted = powers.slice(bin * steps, (bin + 1) * steps).sort();
    const low = Math.max(1, Math.floor(steps / 5));
    let sum = 0;
    for (let i = 0; i < low; i++) sum += sorted[i]!;
    noise[bin] = sum / low / LOW_FIFTH_OF_MEAN;
  }

  /** Around a point, over 5 bins and 3 steps: single points of noise vary too much to be judged alone. */
  function around(bin: number, step: number): number {
    let sum = 0;
    let count = 0;
    for (let b = Math.max(0, bin - 2); b <= Math.min(bins - 1, bin + 2); b++) {
      for (let s = Math.max(0, step - 1); s <= Math.min(steps - 1, step + 1); s++, count++)
        sum += powers[b * steps + s]!;
    }
    return sum / count;
  }

  const floor = 10 ** (floorDb / 20);
  const gains = new Float64Array(bins).fill(1);
  const out = new Float64Array(samples.length);
  for (let step = 0; step < steps; step++) {
    transform(step);
    for (let bin = 0; bin < bins; bin++) {
      const power = around(bin, step);
      const wanted = power === 0 ? floor : Math.sqrt(Math.max(0, 1 - (overSubtraction * noise[bin]!) / power));
      // Opens at once, closes slowly: the onset of a word must not be lost.
      gains[bin] = Math.max(floor, wanted, wanted > gains[bin]! ? wanted : 0.6 * gains[bin]!);
      spectrum[2 * bin] = spectrum[2 * bin]! * gains[bin]!;
      spectrum[2 * bin + 1] = spectrum[2 * bin + 1]! * gains[bin]!;
    }
    fft.completeSpectrum(spectrum);
    fft.inverseTransform(time, spectrum);
    const start = step * hop - (size - hop);
    for (let i = Math.max(0, -start); i < size && start + i < out.length; i++) {
      // Hann squared, overlapped four times, adds up to 1.5.
      out[start + i] = out[start + i]! + (time[2 * i]! * window[i]!) / 1.5;
    }
  }
  return { samples: Float32Array.from(out), sampleRate };
}
