/** A sound that voice-activity detectors take for speech: a gliding buzz through the formants of vowels, in syllables. */
import type { Waveform } from "../../src/core/media.ts";

const RATE = 16_000;
/** First formants of a, i and u, in Hz. */
const VOWELS = [
  [730, 1_090, 2_440],
  [270, 2_290, 3_010],
  [300, 870, 2_240],
] as const;
const SYLLABLE_MS = 220;

/** @param hertz of the voice, about 120 for a low one and 220 for a high one */
export function voice(seconds: number, hertz = 130): Waveform {
  const samples = new Float32Array(Math.round(seconds * RATE));
  let phase = 0;
  for (let at = 0; at < samples.length; at++) {
    const ms = (1000 * at) / RATE;
    const syllable = Math.floor(ms / SYLLABLE_MS);
    const within = (ms % SYLLABLE_MS) / SYLLABLE_MS;
    const loudness = Math.sin(Math.PI * within) ** 0.5;
    const pitch = hertz * (1 + 0.12 * Math.sin(ms / 300) - 0.08 * within);
    phase += (2 * Math.PI * pitch) / RATE;
    const formants = VOWELS[syllable % VOWELS.length] as (typeof VOWELS)[number];
    let value = 0;
    for (let harmonic = 1; harmonic * pitch < 4_000; harmonic++) {
      const own = harmonic * pitch;
      const weight = formants.reduce(
        (sum, formant, n) => sum + Math.exp(-(((own - formant) / 120) ** 2)) / (n + 1),
        0.03,
      );
      value += (weight / Math.sqrt(harmonic)) * Math.sin(harmonic * phase);
    }
    samples[at] = 0.25 * loudness * value;
  }
  return { samples, sampleRate: RATE };
}
