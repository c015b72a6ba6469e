/** Cuts silence at both ends: utterances of data sets start and end with half a second of it. */
import type { Waveform } from "../../core/media.ts";

export interface TrimOptions {
  /** A frame this many dB under the loudest frame is silence. Default 40. */
  readonly thresholdDb?: number;
  /** Default 25. */
  readonly windowMs?: number;
  /** Default 10. */
  readonly hopMs?: number;
}

/** What remains, in samples of the original: from `start` up to `end`. */
export interface TrimRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the span from the first to the last frame that is louder than the threshold; frames are compared by power.
 * Sound that is silent throughout, or shorter than a window, stays whole.
 */
export function trimRange(sound: Waveform, options: TrimOptions = {}): TrimRange {
  const { thresholdDb = 40, windowMs = 25, hopMs = 10 } = options;
  const { samples, sampleRate } = sound;
  const window = Math.max(1, Math.round((windowMs * sampleRate) / 1000));
  const hop = Math.max(1, Math.round((hopMs * sampleRate) / 1000));
  const whole = { start: 0, end: samples.length };
  if (samples.length < window) return whole;
  const energies = new Float64Array(1 + Math.floor((samples.length - window) / hop));
  let loudest = 0;
  for (let step = 0; step < energies.length; step++) {
    let energy = 0;
    for (let i = step * hop; i < step * hop + window; i++) energy += samples[i]! * samples[i]!;
    energies[step] = energy;
    if (energy > loudest) loudest = energy;
  }
  if (loudest === 0) return whole;
  const threshold = loudest * 10 ** (-thresholdDb / 10);
  const first = energies.findIndex((energy) => energy > threshold);
  const last = energies.findLastIndex((energy) => energy > threshold);
  // The samples behind the last whole frame belong to it.
  const end = last === energies.length - 1 ? samples.length : last * hop + window;
  return { start: first * hop, end };
}

/** @returns a view on the same samples, without silence at both ends */
export function trim(sound: Waveform, options: TrimOptions = {}): Waveform {
  const { start, end } = trimRange(sound, options);
  return { samples: sound.samples.subarray(start, end), sampleRate: sound.sampleRate };
}
