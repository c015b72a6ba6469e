/**
 * Log-mel spectrogram: the front end of every speech encoder here.
 *
 * Source: Davis & Mermelstein (1980); mel scale and bank in mel.ts. Frames start at multiples of the hop and are not
 * centred or padded, so a frame never depends on samples that a stream has not received yet.
 */
import FFT from "fft.js";
import { AffektError } from "../../core/errors.ts";
import type { Features, Waveform } from "../../core/media.ts";
import { type MelBank, melBank } from "./mel.ts";

export interface LogMelOptions {
  /** In Hz; the sound must have this rate. Default 16,000. */
  readonly sampleRate?: number;
  /** Default 64. */
  readonly bands?: number;
  /** Lowest edge, in Hz. Default 50. */
  readonly low?: number;
  /** Highest edge, in Hz. Default 7,600. */
  readonly high?: number;
  /** Default 25. */
  readonly windowMs?: number;
  /** Default 10. */
  readonly hopMs?: number;
  /** Added to the power before the logarithm. Default 1e-6, about 100 dB under a full-scale tone. */
  readonly floor?: number;
}

const DEFAULTS = { sampleRate: 16_000, bands: 64, low: 50, high: 7_600, windowMs: 25, hopMs: 10, floor: 1e-6 } as const;

/** Converts many sounds with the same settings: window, filters and scratch memory are made once. */
export type LogMel = (sound: Waveform) => Features;

/** Frames of a sound: at least one, because a sound shorter than the window is padded with silence to one window. */
export function frameCount(samples: number, window: number, hop: number): number {
  return samples <= window ? 1 : 1 + Math.floor((samples - window) / hop);
}

/** Periodic Hann window, as `scipy.signal.get_window("hann", size)`. */
export function hannWindow(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
}

/** The smallest power of two that holds the window and leaves no mel band without a bin (up to 8,192). */
function fitTransform(window: number, build: (fftSize: number) => MelBank): { fftSize: number; bank: MelBank } {
  let fftSize = 2;
  while (fftSize < window) fftSize *= 2;
  let bank = build(fftSize);
  while (bank.hasEmptyBand && fftSize < 8192) {
    fftSize *= 2;
    bank = build(fftSize);
  }
  return { fftSize, bank };
}

/** Refuses a sound at another rate. @throws AffektError `sample-rate` or `input` */
export function checkSound(sound: Waveform, sampleRate: number, what: string): void {
  if (sound.sampleRate !== sampleRate) {
    throw new AffektError(
      "sample-rate",
      `${what} needs sound at ${sampleRate} Hz; received ${sound.sampleRate} Hz.`,
      `Call resample(sound, ${sampleRate}) first.`,
    );
  }
  if (sound.samples.length === 0) {
    throw new AffektError("input", `${what} needs sound; received 0 samples.`, "Give at least one sample.");
  }
}

/** @throws AffektError `config` if the settings do not fit together */
export function logMelExtractor(options: LogMelOptions = {}): LogMel {
  const { sampleRate, bands, low, high, windowMs, hopMs, floor } = { ...DEFAULTS, ...options };
  const window = Math.round((windowMs * sampleRate) / 1000);
  const hop = Math.round((hopMs * sampleRate) / 1000);
  if (window < 2 || hop < 1 || !(floor > 0)) {
    throw new AffektError(
      "config",
      `Log-mel needs a window of at least 2 samples, a hop of at least 1 and a floor above 0; received ${window}, ${hop} and ${floor}.`,
      "Check windowMs, hopMs and floor.",
    );
  }
  const { fftSize, bank } = fitTransform(window, (size) => melBank(bands, size, sampleRate, low, high));
  const { firstBins, offsets, weights } = bank;
  const lastBin = firstBins[bands - 1]! + offsets[bands]! - offsets[bands - 1]!;
  const taper = hannWindow(window);
  const fft = new FFT(fftSize);
  // Two frames ride in one complex transform, as its real and its imaginary part.
  const pair = new Float64Array(2 * fftSize);
  const spectrum = new Float64Array(2 * fftSize);
  const powerA = new Float64Array(fftSize / 2 + 1);
  const powerB = new Float64Array(fftSize / 2 + 1);

  function intoBands(power: Float64Array, out: Float32Array, at: number): void {
    for (let band = 0; band < bands; band++) {
      const end = offsets[band + 1]!;
      let energy = floor;
      for (let w = offsets[band]!, bin = firstBins[band]!; w < end; w++, bin++) energy += weights[w]! * power[bin]!;
      out[at + band] = Math.log(energy);
    }
  }

  return (sound) => {
    checkSound(sound, sampleRate, "Log-mel");
    const { samples } = sound;
    const steps = frameCount(samples.length, window, hop);
    const data = new Float32Array(steps * bands);
    for (let step = 0; step < steps; step += 2) {
      const start = step * hop;
      const hasSecond = step + 1 < steps;
      for (let i = 0; i < window; i++) {
        const at = start + i;
        const weight = taper[i]!;
        pair[2 * i] = at < samples.length ? samples[at]! * weight : 0;
        pair[2 * i + 1] = hasSecond ? samples[at + hop]! * weight : 0;
      }
      fft.transform(spectrum, pair);
      for (let bin = firstBins[0]!; bin < lastBin; bin++) {
        const mirror = bin === 0 ? 0 : fftSize - bin;
        const sumRe = spectrum[2 * bin]! + spectrum[2 * mirror]!;
        const sumIm = spectrum[2 * bin + 1]! + spectrum[2 * mirror + 1]!;
        const differenceRe = spectrum[2 * mirror]! - spectrum[2 * bin]!;
        const differenceIm = spectrum[2 * bin + 1]! - spectrum[2 * mirror + 1]!;
        powerA[bin] = (sumRe * sumRe + differenceIm * differenceIm) / 4;
        powerB[bin] = (sumIm * sumIm + differenceRe * differenceRe) / 4;
      }
      intoBands(powerA, data, step * bands);
      if (hasSecond) intoBands(powerB, data, (step + 1) * bands);
    }
    return { data, steps, bands };
  };
}

/**
 * Converts mono speech to log-mel energies.
 *
 * @param sound mono samples in [-1, 1] at 16 kHz (or `options.sampleRate`), at least one
 * @returns `[steps, bands]`, natural logarithm of power + floor, one step every hop
 * @throws AffektError `sample-rate` if the rate is another, `input` if there are no samples, `config`
 */
export function logMel(sound: Waveform, options: LogMelOptions = {}): Features {
  return logMelExtractor(options)(sound);
}
