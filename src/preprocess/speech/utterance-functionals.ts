/**
 * One row of numbers for a whole utterance: statistics of what a phonetician, and an opera listener, would follow through
 * it. Small training sets learn more from these than from the spectrogram alone.
 *
 * Source: the idea and most descriptors of Eyben et al., "The Geneva Minimalistic Acoustic Parameter Set" (2016), and
 * Schuller et al., the ComParE baseline (2013): spectral shape, level, pitch, voice quality and rhythm, each with mean,
 * spread, percentiles and slope. Nothing but the first number depends on how loud the recording is.
 */
import type { Features, Waveform } from "../../core/media.ts";
import { deltas, mfcc } from "./mfcc.ts";
import { pitch } from "./pitch.ts";
import { functionals, percentile } from "./statistics.ts";

/** Raised whenever the numbers below change their meaning: features kept from before are then made anew. */
export const FUNCTIONALS_VERSION = 2;

const CEPSTRA = 20;
/** A step this far under the loud ones (95th percentile), in nepers of power, is a pause: 26 dB. */
const PAUSE = 6;
/** Tempi of the level, in Hz: phrases, stressed and plain syllables, and sounds. */
const MODULATIONS = [1, 2, 4, 6, 8, 12] as const;
const PARTS = 3;
/** Neighbouring mel bands are taken together to at most so many. */
const REGIONS = 32;

/** One band of the features as a contour. */
function column({ data, steps, bands }: Features, band: number): Float64Array {
  const contour = new Float64Array(steps);
  for (let step = 0; step < steps; step++) contour[step] = data[step * bands + band]!;
  return contour;
}

/** Steps apart in time by `hopMs`. */
function evenTimes(steps: number, hopMs: number): Float64Array {
  const times = new Float64Array(steps);
  for (let step = 0; step < steps; step++) times[step] = step * hopMs;
  return times;
}

function meanOf(values: ArrayLike<number>, from = 0, to = values.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return to > from ? sum / (to - from) : 0;
}

/** Mean size of the change from one value to the next. */
function meanChange(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 1; i < values.length; i++) sum += Math.abs(values[i]! - values[i - 1]!);
  return values.length > 1 ? sum / (values.length - 1) : 0;
}

/** Mean, deviation, 10th and 90th percentile, slope and mean change: six numbers, zeros where there are no values. */
function shapeOf(values: Float64Array, hopMs: number): number[] {
  if (values.length === 0) return [0, 0, 0, 0, 0, 0];
  const sorted = values.slice().sort();
  const { mean, deviation, slope } = functionals(values, evenTimes(values.length, hopMs), sorted);
  return [mean, deviation, percentile(sorted, 0.1), percentile(sorted, 0.9), slope, meanChange(values)];
}

/** Means of the first, middle and last part, less the mean of all. */
function courseOf(values: ArrayLike<number>): number[] {
  const all = meanOf(values);
  return Array.from({ length: PARTS }, (_, part) => {
    const from = Math.floor((part * values.length) / PARTS);
    const to = Math.floor(((part + 1) * values.length) / PARTS);
    return to > from ? meanOf(values, from, to) - all : 0;
  });
}

/** Strength of the contour's swing at each of the tempi: amplitude of a single Fourier coefficient about its mean. */
function modulationsOf(values: Float64Array, hopMs: number): number[] {
  const mean = meanOf(values);
  return MODULATIONS.map((hertz) => {
    let [real, imaginary] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const angle = (2 * Math.PI * hertz * i * hopMs) / 1000;
      real += (values[i]! - mean) * Math.cos(angle);
      imaginary += (values[i]! - mean) * Math.sin(angle);
    }
    return (2 * Math.hypot(real, imaginary)) / Math.max(1, values.length);
  });
}

/** Per step of a log-mel: level, centre and tilt of the spectrum, its flatness, its balance, and how fast it changes. */
function spectralContours({ data, steps, bands }: Features) {
  const contours = {
    level: new Float64Array(steps),
    centre: new Float64Array(steps),
    tilt: new Float64Array(steps),
    flatness: new Float64Array(steps),
    balance: new Float64Array(steps),
    flux: new Float64Array(steps),
  };
  const middle = (bands - 1) / 2;
  const squares = (bands * (bands * bands - 1)) / 12;
  /** Mel band that begins at about 1 kHz with the usual 50 to 7,600 Hz. */
  const edge = Math.round(bands * 0.34);
  for (let step = 0; step < steps; step++) {
    const row = step * bands;
    let [power, weighted, low, mean, cross, change] = [0, 0, 0, 0, 0, 0];
    for (let band = 0; band < bands; band++) {
      const log = data[row + band]!;
      const linear = Math.exp(log);
      power += linear;
      weighted += linear * band;
      if (band < edge) low += linear;
      mean += log / bands;
      cross += (band - middle) * log;
    }
    const level = Math.log(power);
    if (step > 0) {
      const before = contours.level[step - 1]!;
      for (let band = 0; band < bands; band++) {
        change += Math.abs(data[row + band]! - level - (data[row - bands + band]! - before)) / bands;
      }
    }
    contours.level[step] = level;
    contours.centre[step] = weighted / power / bands;
    contours.tilt[step] = (cross / squares) * bands;
    contours.flatness[step] = mean - level;
    contours.balance[step] = Math.log(low / Math.max(power - low, 1e-12));
    contours.flux[step] = change;
  }
  return contours;
}

/** Lengths, in ms, of the stretches of steps for which `inside` is true. */
function stretches(steps: number, hopMs: number, inside: (step: number) => boolean): number[] {
  const lengths: number[] = [];
  let from = -1;
  for (let step = 0; step <= steps; step++) {
    const isIn = step < steps && inside(step);
    if (isIn && from < 0) from = step;
    if (!isIn && from >= 0) {
      lengths.push((step - from) * hopMs);
      from = -1;
    }
  }
  return lengths;
}

/** How many a second, mean, deviation and longest of stretches. */
function rhythmOf(lengths: readonly number[], seconds: number): number[] {
  const mean = meanOf(lengths);
  const deviation = Math.sqrt(meanOf(lengths.map((length) => (length - mean) ** 2)));
  return [lengths.length / seconds, mean, deviation, Math.max(0, ...lengths)];
}

/**
 * Of each region of the spectrum: its mean in loud steps beside the mean level, its deviation there, and the size of its
 * change from step to step.
 */
function regionNumbers({ data, steps, bands }: Features, meanLevel: number, isLoud: Uint8Array): number[] {
  const regions = Math.min(REGIONS, bands);
  const numbers: number[] = [];
  const contour = new Float64Array(steps);
  for (let region = 0; region < regions; region++) {
    const from = Math.floor((region * bands) / regions);
    const to = Math.floor(((region + 1) * bands) / regions);
    let [moves, sum, squares, count] = [0, 0, 0, 0];
    for (let step = 0; step < steps; step++) {
      let level = 0;
      for (let at = step * bands + from; at < step * bands + to; at++) level += data[at]!;
      contour[step] = level / (to - from);
      if (step > 0) moves += (contour[step]! - contour[step - 1]!) ** 2;
      if (!isLoud[step]) continue;
      sum += contour[step]!;
      count++;
    }
    const mean = count === 0 ? 0 : sum / count;
    for (let step = 0; step < steps; step++) if (isLoud[step]) squares += (contour[step]! - mean) ** 2;
    const spread = Math.sqrt(squares / Math.max(1, count));
    numbers.push(mean - meanLevel, spread, Math.sqrt(moves / Math.max(1, steps - 1)));
  }
  return numbers;
}

/** Level, spectrum and cepstra, weighing all steps, and the cepstra of loud steps alone. */
function spectralNumbers(spectrum: Features, hopMs: number): number[] {
  const { level, ...shape } = spectralContours(spectrum);
  const mean = meanOf(level);
  const relative = level.map((value) => value - mean);
  const sorted = relative.slice().sort();
  const loud = percentile(sorted, 0.95);
  const [, ...levelShape] = shapeOf(relative, hopMs);
  const skew = meanOf(relative.map((value) => value ** 3)) / Math.max(1e-6, levelShape[0]! ** 3);
  const seconds = Math.max(1, level.length) * (hopMs / 1000);
  const isLoud = Uint8Array.from(relative, (value) => Number(value >= loud - PAUSE));
  const pauses = stretches(level.length, hopMs, (step) => isLoud[step] === 0);
  const cepstra = mfcc(spectrum, Math.min(CEPSTRA, spectrum.bands));
  const slopes = deltas(cepstra);
  const numbers = [
    mean,
    ...levelShape,
    loud,
    percentile(sorted, 0.5),
    skew,
    ...courseOf(relative),
    ...modulationsOf(relative, hopMs),
    meanOf(pauses) * (pauses.length / (seconds * 1000)),
    ...rhythmOf(pauses, seconds),
    Math.log(seconds),
  ];
  for (const contour of Object.values(shape)) numbers.push(...shapeOf(contour, hopMs), ...courseOf(contour));
  for (let index = 1; index < cepstra.bands; index++) {
    const values = column(cepstra, index);
    const [all, deviation, p10, p90] = shapeOf(values, hopMs) as [number, number, number, number];
    const voiced = values.filter((_, step) => isLoud[step] === 1);
    const moves = column(slopes, index);
    const change = Math.sqrt(meanOf(moves.map((value) => value * value)));
    numbers.push(all, deviation, p10, p90, meanOf(voiced), change);
  }
  numbers.push(...regionNumbers(spectrum, mean, isLoud));
  return numbers;
}

/** Pitch in semitones, its melody, how regular the voice is, and how its stretches follow each other. */
function voiceNumbers(sound: Waveform): number[] {
  const { hertz, voicing, hopMs } = pitch(sound);
  const semitones: number[] = [];
  const times: number[] = [];
  const regularity: number[] = [];
  const [rises, falls]: [number[], number[]] = [[], []];
  for (const [step, now] of hertz.entries()) {
    if (now === 0) continue;
    semitones.push(12 * Math.log2(now / 27.5));
    times.push(step * hopMs);
    // Harmonics over noise, as log power: the voicing is the share of a period's power that the next repeats.
    const share = Math.min(0.999, Math.max(0.5, voicing[step]!));
    regularity.push(Math.log(share / (1 - share)));
    const before = step === 0 ? 0 : hertz[step - 1]!;
    if (before === 0) continue;
    const move = 12 * Math.log2(now / before);
    (move > 0 ? rises : falls).push(Math.min(6, Math.abs(move)));
  }
  const { minimum, maximum, p20, p80, ...rest } = functionals(semitones, times);
  const seconds = Math.max(1, hertz.length) * (hopMs / 1000);
  const voiced = stretches(hertz.length, hopMs, (step) => hertz[step] !== 0);
  const unvoiced = stretches(hertz.length, hopMs, (step) => hertz[step] === 0);
  return [
    ...[rest.mean, rest.deviation, rest.median, rest.slope, minimum, maximum, maximum - minimum, p20, p80, p80 - p20],
    ...courseOf(semitones),
    ...[meanOf(rises), meanOf(falls), rises.length / Math.max(1, rises.length + falls.length)],
    ...shapeOf(Float64Array.from(regularity), hopMs),
    semitones.length / Math.max(1, hertz.length),
    ...rhythmOf(voiced, seconds),
    ...rhythmOf(unvoiced, seconds),
  ];
}

/**
 * @param sound an utterance without silent ends, at least one sample
 * @param spectrum its log-mel (natural logarithm of power), of at least one step
 * @param hopMs between steps of the spectrum
 * @returns finite numbers, the mean level first; always as many for spectra of as many bands
 */
export function utteranceFunctionals(sound: Waveform, spectrum: Features, hopMs: number): Float32Array {
  return Float32Array.from([...spectralNumbers(spectrum, hopMs), ...voiceNumbers(sound)]);
}
