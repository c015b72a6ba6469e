/** Augmentation of sound: what rooms, microphones, telephones and speakers do to a voice. Seeded. */
import type { Waveform } from "../../core/media.ts";
import type { Random } from "../../core/random.ts";
import { BUTTERWORTH_4, filter, highPass, lowPass } from "./biquad.ts";
import { gain } from "./loudness.ts";
import { changePitch, changeTempo } from "./tempo.ts";

function power(samples: Float32Array): number {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return samples.length === 0 ? 0 : sum / samples.length;
}

/**
 * Adds noise so that the power of the sound is `snrDb` above that of the noise.
 *
 * @param noise a recording at the same rate, repeated from a random place; null is white noise
 * @returns the sound itself if it or the noise is silent
 */
export function addNoise(sound: Waveform, noise: Waveform | null, snrDb: number, generator: Random): Waveform {
  const { samples, sampleRate } = sound;
  const added = new Float32Array(samples.length);
  if (noise === null) {
    for (let i = 0; i < added.length; i++) added[i] = generator.normal();
  } else if (noise.samples.length > 0) {
    let from = generator.integer(noise.samples.length);
    for (let i = 0; i < added.length; i++) {
      added[i] = noise.samples[from]!;
      from = from + 1 === noise.samples.length ? 0 : from + 1;
    }
  }
  const [signalPower, noisePower] = [power(samples), power(added)];
  if (signalPower === 0 || noisePower === 0) return sound;
  const scale = Math.sqrt(signalPower / noisePower / 10 ** (snrDb / 10));
  for (let i = 0; i < added.length; i++) added[i] = samples[i]! + scale * added[i]!;
  return { samples: added, sampleRate };
}

/** Moves a sound by some milliseconds (below 0: earlier); what is pushed out is lost, silence follows. */
export function shiftTime(sound: Waveform, byMs: number): Waveform {
  const by = Math.round((byMs * sound.sampleRate) / 1000);
  const samples = new Float32Array(sound.samples.length);
  if (by >= 0) samples.set(sound.samples.subarray(0, Math.max(0, samples.length - by)), Math.min(by, samples.length));
  else samples.set(sound.samples.subarray(-by));
  return { samples, sampleRate: sound.sampleRate };
}

const MU = 255;

/** 8-bit logarithmic quantization of G.711 (continuous µ-law, 255 levels). */
export function muLaw(samples: Float32Array): Float32Array {
  return samples.map((value) => {
    const clipped = Math.max(-1, Math.min(1, value));
    const code = Math.round((127 * Math.log1p(MU * Math.abs(clipped))) / Math.log1p(MU)) / 127;
    return (Math.sign(clipped) * Math.expm1(code * Math.log1p(MU))) / MU;
  });
}

/** A telephone line: 300 to 3,400 Hz (Butterworth, fourth order each), then µ-law (ITU-T G.711). */
export function telephone(sound: Waveform): Waveform {
  const { sampleRate } = sound;
  const high = Math.min(3_400, 0.45 * sampleRate);
  const stages = BUTTERWORTH_4.flatMap((q) => [highPass(300, q, sampleRate), lowPass(high, q, sampleRate)]);
  return { samples: muLaw(filter(sound.samples, stages)), sampleRate };
}

export interface SoundAugmentation {
  /** How often each of the others is applied, in [0, 1]. Default 0.5. */
  readonly probability?: number;
  /** Recordings to draw noise from; white noise if there are none. */
  readonly noises?: readonly Waveform[];
  /** In dB. */
  readonly snr?: readonly [number, number];
  /** In dB. */
  readonly gain?: readonly [number, number];
  readonly shiftMs?: readonly [number, number];
  readonly semitones?: readonly [number, number];
  readonly tempo?: readonly [number, number];
  /** Default false. */
  readonly telephone?: boolean;
}

/** Applies what the options name, each with its probability, in the order speaker, room, line. */
export function augmentSound(sound: Waveform, generator: Random, options: SoundAugmentation): Waveform {
  const { probability = 0.5, noises = [] } = options;
  let result = sound;
  const maybe = (range: readonly [number, number] | undefined, apply: (value: number) => Waveform) => {
    if (range !== undefined && generator.next() < probability) result = apply(generator.uniform(range[0], range[1]));
  };
  maybe(options.tempo, (factor) => changeTempo(result, factor));
  maybe(options.semitones, (semitones) => changePitch(result, semitones));
  maybe(options.shiftMs, (byMs) => shiftTime(result, byMs));
  maybe(options.gain, (decibels) => gain(result, decibels));
  maybe(options.snr, (snr) => addNoise(result, noises[generator.integer(noises.length)] ?? null, snr, generator));
  maybe(options.telephone ? [0, 1] : undefined, () => telephone(result));
  return result;
}
