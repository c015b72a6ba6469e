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
/** Power is averaged over three steps and so many bins on both sides: single points of noise vary too much to be judged alone. */
const BINS_AROUND = 2;

/** Sum of the lowest `count` values, which are then in front. Source: quickselect, Hoare (1961). */
function sumOfLowest(values: Float32Array, count: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [up, down] = [low, high];
    while (up <= down) {
      while (values[up]! < pivot) up++;
      while (values[down]! > pivot) down--;
      if (up > down) break;
      const value = values[up]!;
      values[up++] = values[down]!;
      values[down--] = value;
    }
    if (count <= down) high = down;
    else if (count > up) low = up;
    else break;
  }
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  return sum;
}

/** Power of the background in each bin. @param powers `[steps, bins]` */
function noiseOf(powers: Float32Array, steps: number, bins: number): Float64Array {
  const noise = new Float64Array(bins);
  const course = new Float32Array(steps);
  const count = Math.max(1, Math.floor(steps / 5));
  for (let bin = 0; bin < bins; bin++) {
    for (let step = 0; step < steps; step++) course[step] = powers[step * bins + bin]!;
    noise[bin] = sumOfLowest(course, count) / count / LOW_FIFTH_OF_MEAN;
  }
  return noise;
}

/**
 * Averages the power around each bin of a step.
 *
 * @param powers `[steps + 2, bins]`, of which the first and the last row are zeros
 */
function smoother(powers: Float32Array, steps: number, bins: number) {
  const near = 2 * BINS_AROUND + 1;
  const counts = Float64Array.from({ length: bins }, (_, bin) =>
    Math.min(near, bin + 1 + BINS_AROUND, bins - bin + BINS_AROUND),
  );
  // Sums over the steps, with zeros at both ends.
  const sums = new Float64Array(bins + 2 * BINS_AROUND);
  return (step: number, out: Float64Array): void => {
    const rows = 1 + Number(step > 0) + Number(step < steps - 1);
    for (let bin = 0, at = step * bins; bin < bins; bin++, at++) {
      sums[bin + BINS_AROUND] = powers[at]! + powers[at + bins]! + powers[at + 2 * bins]!;
    }
    for (let bin = 0; bin < bins; bin++) {
      // BINS_AROUND on both sides
      const sum = sums[bin]! + sums[bin + 1]! + sums[bin + 2]! + sums[bin + 3]! + sums[bin + 4]!;
      out[bin] = sum / (rows * counts[bin]!);
    }
  };
}

/** @returns as long as the sound and without delay; sound shorter than two windows (64 ms) stays as it is */
export function spectralGate(sound: Waveform, options: SpectralGateOptions = {}): Waveform {
  const { overSubtraction = 2, floorDb = -18 } = options;
  const { samples, sampleRate } = sound;
  let size = 64;
  while (size < 0.032 * sampleRate) size *= 2;
  if (samples.length < 2 * size) return sound;
  const hop = size / 4;
  const lead = size - hop;
  const bins = size / 2 + 1;
  const steps = Math.ceil((samples.length + lead) / hop);
  const pairs = Math.ceil(steps / 2);
  const padded = new Float64Array((2 * pairs - 1) * hop + size);
  padded.set(samples, lead);
  const window = hannWindow(size);
  const fft = new FFT(size);
  // Two steps ride in one complex transform, as its real and its imaginary part.
  const time = new Float64Array(2 * size);
  const spectrum = new Float64Array(2 * size);

  function transform(pair: number): void {
    for (let i = 0, at = 2 * pair * hop; i < size; i++, at++) {
      time[2 * i] = padded[at]! * window[i]!;
      time[2 * i + 1] = padded[at + hop]! * window[i]!;
    }
    fft.transform(spectrum, time);
  }

  // A row of zeros before the first step and behind the last.
  const powers = new Float32Array((2 * pairs + 2) * bins);
  for (let pair = 0; pair < pairs; pair++) {
    transform(pair);
    for (let bin = 0, at = (2 * pair + 1) * bins; bin < bins; bin++, at++) {
      const own = 2 * bin;
      const mirror = bin === 0 ? 0 : 2 * (size - bin);
      const firstRe = (spectrum[own]! + spectrum[mirror]!) / 2;
      const firstIm = (spectrum[own + 1]! - spectrum[mirror + 1]!) / 2;
      const secondRe = (spectrum[own + 1]! + spectrum[mirror + 1]!) / 2;
      const secondIm = (spectrum[mirror]! - spectrum[own]!) / 2;
      powers[at] = firstRe * firstRe + firstIm * firstIm;
      powers[at + bins] = secondRe * secondRe + secondIm * secondIm;
    }
  }
  powers.fill(0, (steps + 1) * bins);
  const subtracted = noiseOf(powers.subarray(bins), steps, bins).map((noise) => overSubtraction * noise);
  const smooth = smoother(powers, steps, bins);
  const floor = 10 ** (floorDb / 20);

  /** Opens at once, closes slowly: the onset of a word must not be lost. */
  function gain(before: number, power: number, background: number): number {
    // Not above 0 where there is no power either.
    const left = 1 - background / power;
    const wanted = left > 0 ? Math.sqrt(left) : 0;
    return Math.max(floor, wanted, 0.6 * before);
  }

  const gains = new Float64Array(bins).fill(1);
  const first = new Float64Array(bins);
  const second = new Float64Array(bins);
  const out = new Float64Array(padded.length);
  for (let pair = 0; pair < pairs; pair++) {
    transform(pair);
    smooth(2 * pair, first);
    smooth(2 * pair + 1, second);
    for (let bin = 0; bin < bins; bin++) {
      const own = 2 * bin;
      const mirror = bin === 0 ? 0 : 2 * (size - bin);
      const firstGain = gain(gains[bin]!, first[bin]!, subtracted[bin]!);
      const secondGain = gain(firstGain, second[bin]!, subtracted[bin]!);
      gains[bin] = secondGain;
      const firstRe = (firstGain * (spectrum[own]! + spectrum[mirror]!)) / 2;
      const firstIm = (firstGain * (spectrum[own + 1]! - spectrum[mirror + 1]!)) / 2;
      const secondRe = (secondGain * (spectrum[own + 1]! + spectrum[mirror + 1]!)) / 2;
      const secondIm = (secondGain * (spectrum[mirror]! - spectrum[own]!)) / 2;
      spectrum[own] = firstIm + secondRe;
      spectrum[own + 1] = firstRe - secondIm;
      spectrum[mirror] = secondRe - firstIm;
      spectrum[mirror + 1] = firstRe + secondIm;
    }
    // With real and imaginary parts swapped before and after, it is the inverse times the size.
    fft.transform(time, spectrum);
    for (let i = 0, at = 2 * pair * hop; i < size; i++, at++) {
      // Hann squared, overlapped four times, adds up to 1.5.
      const weight = window[i]! / size;
      out[at] = out[at]! + (time[2 * i + 1]! * weight) / 1.5;
      out[at + hop] = out[at + hop]! + (time[2 * i]! * weight) / 1.5;
    }
  }
  return { samples: Float32Array.from(out.subarray(lead, lead + samples.length)), sampleRate };
}
