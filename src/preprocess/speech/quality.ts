/**
 * How fit for recognition a recording is.
 *
 * A heuristic with named parts: each is a ramp between a value that is useless and one that is good, and the quality is
 * their product, so that one bad part is enough. SNR after the idea of NIST's STNR: speech is the loud end of the
 * distribution of frame energies, noise the quiet end.
 */
import type { Waveform } from "../../core/media.ts";
import { energyDb } from "./statistics.ts";
import type { VoiceSegment } from "./voice-activity.ts";

export interface SpeechQuality {
  /** In [0, 1]; the product of the ramps of the parts below. */
  readonly quality: number;
  /** Level of the louder frames (95th percentile), in dB of full scale. */
  readonly levelDb: number;
  /** Share of samples at or above 0.999 of full scale, in [0, 1]. */
  readonly clipping: number;
  /** Louder (95th percentile) over quieter (10th) frames, in dB, at most 60. */
  readonly snrDb: number;
  /** Share of the time that is speech, in [0, 1]; 1 if no segments were given. */
  readonly speechShare: number;
  /** How long speech is, in ms. */
  readonly speechMs: number;
}

/** 0 at `bad` and beyond, 1 at `good` and beyond. */
function ramp(value: number, bad: number, good: number): number {
  return Math.max(0, Math.min(1, (value - bad) / (good - bad)));
}

/**
 * @param segments where somebody speaks, if it is known; without them the whole sound counts as speech, and without a
 *   pause in it the SNR cannot be seen and counts as good
 * @throws AffektError `input` if there are no samples
 */
export function speechQuality(sound: Waveform, segments?: readonly VoiceSegment[]): SpeechQuality {
  const { samples, sampleRate } = sound;
  const energies = energyDb(sound).sort();
  const levelDb = energies[Math.floor(0.95 * (energies.length - 1))]!;
  const quiet = energies[Math.floor(0.1 * (energies.length - 1))]!;
  const snrDb = Math.min(60, levelDb - quiet);
  let clipped = 0;
  for (const value of samples) if (Math.abs(value) >= 0.999) clipped++;
  const clipping = clipped / samples.length;
  const lengthMs = (1000 * samples.length) / sampleRate;
  const speechMs = segments?.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0) ?? lengthMs;
  const speechShare = Math.min(1, speechMs / lengthMs);
  // Under 3 dB the frames hardly differ: steady sound, of which nothing can be said.
  const snrRamp = snrDb < 3 && segments === undefined ? 1 : ramp(snrDb, 0, 20);
  const quality =
    ramp(levelDb, -60, -35) *
    ramp(-clipping, -0.05, -0.001) *
    (0.2 + 0.8 * snrRamp) *
    ramp(speechMs, 0, 600) *
    (0.5 + 0.5 * ramp(speechShare, 0, 0.4));
  return { quality, levelDb, clipping, snrDb, speechShare, speechMs };
}
