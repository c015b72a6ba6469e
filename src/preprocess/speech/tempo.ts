/**
 * Tempo without pitch, pitch without tempo.
 *
 * Source: WSOLA, Verhelst & Roelands (1993): windows are laid down at a new pace, each moved by up to 10 ms to where it
 * fits what is already there best.
 */
import { AffektError } from "../../core/errors.ts";
import type { Waveform } from "../../core/media.ts";
import { hannWindow } from "./log-mel.ts";
import { resample } from "./resample.ts";

const RANGE = [0.25, 4] as const;

function checkFactor(factor: number, what: string): void {
  if (factor >= RANGE[0] && factor <= RANGE[1]) return;
  throw new AffektError(
    "config",
    `Cannot change ${what} by a factor of ${factor}; expected ${RANGE[0]} to ${RANGE[1]}.`,
    "Ask for a smaller change.",
  );
}

/** Where in `samples` around `near` the next window best continues the one that would follow naturally at `natural`. */
function bestStart(samples: Float32Array, near: number, natural: number, reach: number, length: number): number {
  let best = near;
  let bestScore = Number.NEGATIVE_INFINITY;
  const last = samples.length - length;
  // Every fourth sample decides; the search is the whole cost of WSOLA.
  for (let start = Math.max(0, near - reach); start <= Math.min(last, near + reach); start += 2) {
    let cross = 0;
    let energy = 1e-9;
    for (let i = 0; i < length; i += 4) {
      const value = samples[start + i]!;
      cross += value * samples[natural + i]!;
      energy += value * value;
    }
    const score = cross / Math.sqrt(energy);
    if (score > bestScore) {
      bestScore = score;
      best = start;
    }
  }
  return best;
}

/** @param factor above 1 is faster: the result is about `length / factor` long. @throws AffektError `config` */
export function changeTempo(sound: Waveform, factor: number): Waveform {
  checkFactor(factor, "tempo");
  const { samples, sampleRate } = sound;
  const half = Math.round(0.015 * sampleRate);
  const window = 2 * half;
  const reach = Math.round(0.01 * sampleRate);
  const length = Math.round(samples.length / factor);
  if (factor === 1 || samples.length < 2 * window) return sound;
  const taper = hannWindow(window);
  const out = new Float32Array(length + window);
  let start = 0;
  for (let at = 0; at < length; at += half) {
    if (at > 0) {
      const near = Math.round(at * factor);
      const natural = start + half;
      if (natural + window > samples.length || near + window > samples.length + reach) {
        start = Math.max(0, Math.min(near, samples.length - window));
      } else {
        start = bestStart(samples, Math.min(near, samples.length - window), natural, reach, window);
      }
    }
    for (let i = 0; i < window; i++) {
      // The first window has nothing before it to fade in from.
      const weight = at === 0 && i < half ? 1 : taper[i]!;
      out[at + i] = out[at + i]! + samples[start + i]! * weight;
    }
  }
  return { samples: out.slice(0, length), sampleRate };
}

/** Plays faster or slower: tempo and pitch change together. @throws AffektError `config` */
export function changeSpeed(sound: Waveform, factor: number): Waveform {
  checkFactor(factor, "speed");
  // Steps of half a percent keep the filter bank small.
  const as = Math.round((sound.sampleRate * Math.round(factor * 200)) / 200);
  const { samples } = resample({ samples: sound.samples, sampleRate: as }, sound.sampleRate);
  return { samples, sampleRate: sound.sampleRate };
}

/** @param semitones above 0 is higher; the length stays within 1 %. @throws AffektError `config` */
export function changePitch(sound: Waveform, semitones: number): Waveform {
  const factor = 2 ** (semitones / 12);
  checkFactor(factor, "pitch");
  return changeTempo(changeSpeed(sound, factor), 1 / factor);
}
