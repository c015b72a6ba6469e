/** Sounds that are no speech: music and noise, four seconds at 16 kHz each, seeded. */
import type { Waveform } from "../../../src/core/media.ts";
import { type Random, random } from "../../../src/core/random.ts";

const RATE = 16_000;
const LENGTH = 4 * RATE;

/** Frequency of a tone so many half steps above A at 220 Hz. */
const pitch = (halfSteps: number): number => 220 * 2 ** (halfSteps / 12);

const SCALE = [0, 2, 4, 5, 7, 9, 11, 12, 14, 16];

/** A melody of plucked or blown tones over a chord, each tone with four overtones. */
function music(generator: Random): Float32Array {
  const samples = new Float32Array(LENGTH);
  const beat = Math.round(RATE * generator.uniform(0.18, 0.45));
  const decay = generator.uniform(1, 8);
  const key = generator.integer(12) - 6;
  const play = (from: number, length: number, halfSteps: number, loudness: number): void => {
    const hz = pitch(halfSteps);
    for (let at = from; at < Math.min(LENGTH, from + length); at++) {
      const time = (at - from) / RATE;
      const swell = Math.min(1, time / 0.02) * Math.exp(-decay * time);
      let tone = 0;
      for (let overtone = 1; overtone <= 4; overtone++) tone += Math.sin(2 * Math.PI * hz * overtone * time) / overtone;
      samples[at] = (samples[at] as number) + loudness * swell * tone;
    }
  };
  for (let from = 0; from < LENGTH; from += beat) {
    play(from, beat * 2, key + (SCALE[generator.integer(SCALE.length)] as number), 0.2);
    if ((from / beat) % 4 === 0) for (const step of [-12, -8, -5]) play(from, beat * 4, key + step, 0.08);
  }
  return samples;
}

/** White, pink (Voss–McCartney) or brown noise. */
function noise(generator: Random): Float32Array {
  const colour = generator.integer(3);
  const rows = new Float64Array(12);
  let walk = 0;
  return Float32Array.from({ length: LENGTH }, (_, at) => {
    if (colour === 0) return 0.1 * generator.normal();
    if (colour === 1) {
      rows[Math.min(11, Math.clz32(at & -at) ^ 31)] = generator.normal();
      return 0.03 * rows.reduce((sum, value) => sum + value, 0);
    }
    walk = 0.995 * walk + generator.normal();
    return 0.02 * walk;
  });
}

/** A tone that wanders in frequency, as a siren or a whistle does. */
function siren(generator: Random): Float32Array {
  const [low, high, rate] = [generator.uniform(200, 500), generator.uniform(700, 2500), generator.uniform(0.2, 3)];
  let phase = 0;
  return Float32Array.from({ length: LENGTH }, (_, at) => {
    const place = 0.5 + 0.5 * Math.sin((2 * Math.PI * rate * at) / RATE);
    phase += (2 * Math.PI * (low + (high - low) * place)) / RATE;
    return 0.3 * Math.sin(phase);
  });
}

const KINDS = { music, noise, sirens: siren } as const;

export type SoundKind = keyof typeof KINDS;

export const SOUND_KINDS = Object.keys(KINDS) as readonly SoundKind[];

export function madeSounds(kind: SoundKind, count: number): Waveform[] {
  const generator = random(13);
  return Array.from({ length: count }, () => ({ samples: KINDS[kind](generator), sampleRate: RATE }));
}
