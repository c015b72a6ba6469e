/** Sounds with known properties, for tests. */
import type { Waveform } from "../../src/core/media.ts";

export function tone(hertz: number, seconds: number, amplitude = 0.5, sampleRate = 16_000): Waveform {
  const samples = Float32Array.from(
    { length: Math.round(seconds * sampleRate) },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / sampleRate),
  );
  return { samples, sampleRate };
}

export function silence(seconds: number, sampleRate = 16_000): Waveform {
  return { samples: new Float32Array(Math.round(seconds * sampleRate)), sampleRate };
}

export function join(...sounds: readonly Waveform[]): Waveform {
  const samples = new Float32Array(sounds.reduce((sum, sound) => sum + sound.samples.length, 0));
  let at = 0;
  for (const sound of sounds) {
    samples.set(sound.samples, at);
    at += sound.samples.length;
  }
  return { samples, sampleRate: sounds[0]?.sampleRate ?? 16_000 };
}

export function rms(samples: Float32Array): number {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return Math.sqrt(sum / samples.length);
}
