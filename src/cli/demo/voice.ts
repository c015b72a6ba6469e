/**
 * A voice made in code: a pulse train through three resonators per vowel, so that a recording need not be shipped.
 *
 * Sources: the cascade formant synthesizer of Klatt (1980), here with vowels only; formants of a female speaker after
 * Peterson & Barney (1952).
 */
import type { Waveform } from "../../core/media.ts";

const SAMPLE_RATE = 16_000;
/** In Hz: first three formants. */
const VOWELS = {
  a: [850, 1220, 2810],
  e: [610, 2330, 2990],
  i: [310, 2790, 3310],
  o: [590, 920, 2710],
  u: [370, 950, 2670],
} as const;
/** In Hz: bandwidths of the three formants. */
const BANDWIDTHS = [90, 110, 170] as const;

export interface Syllable {
  readonly vowel: keyof typeof VOWELS;
  /** In Hz, at the start and at the end. */
  readonly pitch: readonly [number, number];
  readonly durationMs: number;
}

/** A lively babble: quick syllables, pitch high and moving. */
export const LIVELY: readonly Syllable[] = (["o", "a", "i", "e", "a", "u", "i", "a", "o", "e", "a", "i"] as const).map(
  (vowel, index) => ({
    vowel,
    pitch: [260 + 60 * Math.sin(index * 1.7), 300 + 80 * Math.sin(index * 1.1)],
    durationMs: 130 + 50 * (index % 3),
  }),
);

/** Two-pole resonator with gain 1 at 0 Hz. */
function resonator(hz: number, bandwidth: number): (input: number) => number {
  const radius = Math.exp((-Math.PI * bandwidth) / SAMPLE_RATE);
  const first = 2 * radius * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE);
  const second = -radius * radius;
  const gain = 1 - first - second;
  let [last, before] = [0, 0];
  return (input) => {
    const output = gain * input + first * last + second * before;
    before = last;
    last = output;
    return output;
  };
}

function sing({ vowel, pitch, durationMs }: Syllable): Float32Array {
  const samples = new Float32Array(Math.round((durationMs / 1000) * SAMPLE_RATE));
  const formants = VOWELS[vowel].map((hz, index) => resonator(hz, BANDWIDTHS[index] ?? 100));
  // The spectrum of a glottal pulse falls by 12 dB an octave, and the lips give 6 dB back.
  const glottis = resonator(0, 200);
  let phase = 0;
  for (let index = 0; index < samples.length; index++) {
    const share = index / samples.length;
    const hz = pitch[0] + (pitch[1] - pitch[0]) * share;
    // 5.5 Hz vibrato of 1.5 %: a steady pitch sounds like a machine.
    phase += (hz * (1 + 0.015 * Math.sin((2 * Math.PI * 5.5 * index) / SAMPLE_RATE))) / SAMPLE_RATE;
    let pulse = 0;
    if (phase >= 1) {
      phase -= 1;
      pulse = 1;
    }
    let value = glottis(pulse);
    for (const formant of formants) value = formant(value);
    samples[index] = value * Math.sin(Math.PI * share) ** 0.5;
  }
  return samples;
}

/**
 * @param syllables sung one after the other, with a pause of 40 ms after every fourth
 * @returns mono at 16 kHz, peak 0.7, 200 ms of silence at both ends
 */
export function voice(syllables: readonly Syllable[] = LIVELY): Waveform {
  const silence = (ms: number): Float32Array => new Float32Array((ms / 1000) * SAMPLE_RATE);
  const pieces = [silence(200)];
  for (const [index, syllable] of syllables.entries()) {
    pieces.push(sing(syllable));
    if (index % 4 === 3) pieces.push(silence(40));
  }
  pieces.push(silence(200));
  const samples = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { samples: samples.map((value) => (peak === 0 ? 0 : (value / peak) * 0.7)), sampleRate: SAMPLE_RATE };
}
