/**
 * What rooms and lines do to the utterances that the shipped speech model is fitted on. Other draws, and other recorded
 * noises, than those of the robustness curves.
 */
import type { Waveform } from "../../../src/core/media.ts";
import type { Random } from "../../../src/core/random.ts";
import { addNoise, telephone } from "../../../src/preprocess/speech/augment-sound.ts";
import { gain } from "../../../src/preprocess/speech/loudness.ts";

/** Decibels of speech over noise. */
const SNR = [0, 30] as const;
const GAIN = [-20, 20] as const;

/** White noise or a recorded one. */
export function inNoise(sound: Waveform, noises: readonly Waveform[], random: Random): Waveform {
  const noise = random.next() < 0.5 ? null : (noises[random.integer(noises.length)] ?? null);
  return addNoise(sound, noise, random.uniform(...SNR), random);
}

const clipped = ({ samples, sampleRate }: Waveform): Waveform => ({
  samples: samples.map((value) => Math.max(-1, Math.min(1, value))),
  sampleRate,
});

/**
 * A telephone, a codec or another level; two times in five the speaker also stood in noise.
 *
 * @param coded the same sound after a codec
 */
export function overLine(
  sound: Waveform,
  coded: Waveform | undefined,
  noises: readonly Waveform[],
  random: Random,
): Waveform {
  const kind = random.next();
  let heard = coded ?? sound;
  if (kind < 0.4) heard = telephone(sound);
  else if (kind < 0.7) heard = clipped(gain(sound, random.uniform(...GAIN)));
  return random.next() < 0.4 ? inNoise(heard, noises, random) : heard;
}
