/**
 * What a phonetician reads off an utterance: statistics of pitch, energy and pauses.
 *
 * Source: the minimal set of Eyben et al., "The Geneva Minimalistic Acoustic Parameter Set" (2016), as far as it rests on
 * pitch and energy; semitones from 27.5 Hz as there.
 */
import type { Features, Waveform } from "../../core/media.ts";
import { checkSound, frameCount } from "./log-mel.ts";
import { type PitchOptions, pitch } from "./pitch.ts";

/** Functionals of a contour. */
export interface Functionals {
  readonly mean: number;
  /** Population standard deviation. */
  readonly deviation: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly p20: number;
  readonly median: number;
  readonly p80: number;
  /** Least-squares slope, in units a second. */
  readonly slope: number;
}

const NOTHING: Functionals = {
  mean: 0,
  deviation: 0,
  minimum: 0,
  maximum: 0,
  p20: 0,
  median: 0,
  p80: 0,
  slope: 0,
};

/** Linear between neighbours, as NumPy's default. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/**
 * @param timesMs when each value was taken
 * @param sorted the values from the least to the greatest, where they are known in this order
 * @returns all zeros for no values
 */
export function functionals(
  values: ArrayLike<number>,
  timesMs: ArrayLike<number>,
  sorted: ArrayLike<number> = new Float64Array(values).sort(),
): Functionals {
  const count = values.length;
  if (count === 0) return NOTHING;
  let mean = 0;
  let meanTime = 0;
  for (let i = 0; i < count; i++) {
    mean += values[i]! / count;
    meanTime += timesMs[i]! / count;
  }
  let [squares, timeSquares, cross] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    squares += (values[i]! - mean) ** 2;
    timeSquares += (timesMs[i]! - meanTime) ** 2;
    cross += (values[i]! - mean) * (timesMs[i]! - meanTime);
  }
  return {
    mean,
    deviation: Math.sqrt(squares / count),
    minimum: sorted[0]!,
    maximum: sorted[count - 1]!,
    p20: percentile(sorted, 0.2),
    median: percentile(sorted, 0.5),
    p80: percentile(sorted, 0.8),
    slope: timeSquares === 0 ? 0 : (1000 * cross) / timeSquares,
  };
}

/** Level per frame in dB of full scale (a full-scale sine is −3.01), never under −120. */
export function energyDb(sound: Waveform, windowMs = 25, hopMs = 10): Float32Array {
  checkSound(sound, sound.sampleRate, "Energy");
  const { samples, sampleRate } = sound;
  const window = Math.max(1, Math.round((windowMs * sampleRate) / 1000));
  const hop = Math.max(1, Math.round((hopMs * sampleRate) / 1000));
  const out = new Float32Array(frameCount(samples.length, window, hop));
  for (let step = 0; step < out.length; step++) {
    const end = Math.min(samples.length, step * hop + window);
    let energy = 0;
    for (let i = step * hop; i < end; i++) energy += samples[i]! * samples[i]!;
    out[step] = 10 * Math.log10(Math.max(1e-12, energy / (end - step * hop)));
  }
  return out;
}

export interface SpeechStatistics {
  /** In semitones above 27.5 Hz, over voiced frames. */
  readonly pitch: Functionals;
  /** In dB of full scale, over all frames. */
  readonly energy: Functionals;
  /** Share of voiced frames, in [0, 1]. */
  readonly voicedShare: number;
  /** Voiced stretches a second: about the rate of syllables. */
  readonly voicedPerSecond: number;
  /** Mean length of a voiced stretch. */
  readonly voicedMs: number;
  /** Mean change of pitch from frame to frame within a stretch, as a share of it: a coarse jitter. */
  readonly pitchChange: number;
}

/** @throws AffektError `input` if there are no samples */
export function speechStatistics(sound: Waveform, options: PitchOptions = {}): SpeechStatistics {
  const { hertz, hopMs } = pitch(sound, options);
  const energy = energyDb(sound, 25, hopMs);
  const semitones: number[] = [];
  const times: number[] = [];
  let [stretches, change, changes] = [0, 0, 0];
  for (let step = 0; step < hertz.length; step++) {
    const now = hertz[step]!;
    if (now === 0) continue;
    semitones.push(12 * Math.log2(now / 27.5));
    times.push(step * hopMs);
    const before = step === 0 ? 0 : hertz[step - 1]!;
    if (before === 0) stretches++;
    else {
      change += Math.abs(now - before) / now;
      changes++;
    }
  }
  return {
    pitch: functionals(semitones, times),
    energy: functionals(
      energy,
      energy.map((_, step) => step * hopMs),
    ),
    voicedShare: semitones.length / hertz.length,
    voicedPerSecond: (stretches * sound.sampleRate) / sound.samples.length,
    voicedMs: stretches === 0 ? 0 : (semitones.length * hopMs) / stretches,
    pitchChange: changes === 0 ? 0 : change / changes,
  };
}

/** The statistics as one row of 20 numbers, for classical models. */
export function statisticsVector(statistics: SpeechStatistics): Float32Array {
  const { pitch: f0, energy, ...rest } = statistics;
  return Float32Array.from([...Object.values(f0), ...Object.values(energy), ...Object.values(rest)]);
}

/** Mean and deviation of every column over time. @returns `[2 · bands]`, means first */
export function overTime(features: Features): Float32Array {
  const { data, steps, bands } = features;
  const out = new Float32Array(2 * bands);
  for (let band = 0; band < bands; band++) {
    let mean = 0;
    for (let step = 0; step < steps; step++) mean += data[step * bands + band]! / steps;
    let squares = 0;
    for (let step = 0; step < steps; step++) squares += (data[step * bands + band]! - mean) ** 2;
    out[band] = mean;
    out[bands + band] = Math.sqrt(squares / steps);
  }
  return out;
}
