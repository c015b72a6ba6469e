/**
 * Loudness, and bringing sounds to the same.
 *
 * Source: ITU-R BS.1770-4 (K-weighting, 400 ms blocks with 75 % overlap, gates at −70 LUFS and 10 LU under the mean).
 * The standard gives its filters at 48 kHz only; the analogue prototypes used here for other rates are those of
 * libebur128 (J. Kokemüller) and give the standard's numbers at 48 kHz.
 */
import type { Waveform } from "../../core/media.ts";
import { type Biquad, filter } from "./biquad.ts";

/** The two filters of the standard: a shelf for the head, a high pass. */
export function kWeighting(sampleRate: number): readonly [Biquad, Biquad] {
  const shelf = (() => {
    const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
    const q = 0.7071752369554196;
    const high = 10 ** (3.999843853973347 / 20);
    const band = high ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    return {
      b0: (high + (band * k) / q + k * k) / a0,
      b1: (2 * (k * k - high)) / a0,
      b2: (high - (band * k) / q + k * k) / a0,
      a1: (2 * (k * k - 1)) / a0,
      a2: (1 - k / q + k * k) / a0,
    };
  })();
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  return [shelf, { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 }];
}

const toLufs = (power: number) => -0.691 + 10 * Math.log10(power);
const ABSOLUTE_GATE = 10 ** ((-70 + 0.691) / 10);

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Integrated loudness.
 *
 * @param sound mono; shorter than 400 ms it is one block
 * @returns in LUFS; −Infinity if nothing is louder than −70 LUFS
 */
export function loudness(sound: Waveform): number {
  const weighted = filter(sound.samples, kWeighting(sound.sampleRate));
  const block = Math.min(weighted.length, Math.round(0.4 * sound.sampleRate));
  const step = Math.max(1, Math.round(0.1 * sound.sampleRate));
  const powers: number[] = [];
  for (let start = 0; block > 0 && start + block <= weighted.length; start += step) {
    let energy = 0;
    for (let i = start; i < start + block; i++) energy += weighted[i]! * weighted[i]!;
    if (energy / block > ABSOLUTE_GATE) powers.push(energy / block);
  }
  if (powers.length === 0) return Number.NEGATIVE_INFINITY;
  const relativeGate = mean(powers) * 0.1;
  return toLufs(mean(powers.filter((power) => power > relativeGate)));
}

/** Multiplies by a gain. Values may leave [-1, 1]. */
export function gain(sound: Waveform, decibels: number): Waveform {
  const factor = 10 ** (decibels / 20);
  return { samples: sound.samples.map((value) => value * factor), sampleRate: sound.sampleRate };
}

export interface LoudnessOptions {
  /** In LUFS. Default −23 (EBU R 128). */
  readonly target?: number;
  /** Never amplify by more than this, in dB: what is almost silent is noise. Default 30. */
  readonly maxGain?: number;
  /** Never let a sample pass this. Default 0.99. */
  readonly maxPeak?: number;
}

/** Brings a sound to a loudness. Silence stays as it is. */
export function normalizeLoudness(sound: Waveform, options: LoudnessOptions = {}): Waveform {
  const { target = -23, maxGain = 30, maxPeak = 0.99 } = options;
  const now = loudness(sound);
  if (now === Number.NEGATIVE_INFINITY) return sound;
  let peak = 0;
  for (const value of sound.samples) peak = Math.max(peak, Math.abs(value));
  return gain(sound, Math.min(target - now, maxGain, 20 * Math.log10(maxPeak / peak)));
}

/** Brings the root mean square to a level in dB of full scale: cheaper, and blind to how ears hear. */
export function normalizeRms(sound: Waveform, target = -26): Waveform {
  let energy = 0;
  for (const value of sound.samples) energy += value * value;
  return energy === 0 ? sound : gain(sound, target - 10 * Math.log10(energy / sound.samples.length));
}
