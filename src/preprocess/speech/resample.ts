/**
 * Changes the sample rate by band-limited interpolation: a polyphase bank of Kaiser-windowed sinc filters.
 *
 * Source: J. O. Smith, "Digital Audio Resampling Home Page" (2002), https://ccrma.stanford.edu/~jos/resample/.
 */
import { AffektError } from "../../core/errors.ts";
import type { Waveform } from "../../core/media.ts";

/** Zero crossings of the sinc on each side, at the lower of the two rates. */
const ZERO_CROSSINGS = 16;
/** Pass band as a share of the lower Nyquist frequency; the rest is the filter's slope. */
const ROLL_OFF = 0.92;
/** About 80 dB of stop band. */
const KAISER_BETA = 8;
const RATE_RANGE = [1_000, 768_000] as const;

/** Resamples a stream piece by piece; the pieces joined equal the whole resampled at once. */
export interface Resampler {
  push(samples: Float32Array): Float32Array;
  /** The rest, once the input has ended. */
  flush(): Float32Array;
}

function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 40 && term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** `[phases, 2 · half]` filter taps; each phase sums to 1, so that a constant stays what it is. */
function filterBank(phases: number, half: number, cutoff: number): Float32Array {
  const bank = new Float32Array(phases * 2 * half);
  const atZero = besselI0(KAISER_BETA);
  for (let phase = 0; phase < phases; phase++) {
    const row = phase * 2 * half;
    let sum = 0;
    for (let tap = 0; tap < 2 * half; tap++) {
      const distance = tap - half + 1 - phase / phases;
      const edge = distance / half;
      const x = Math.PI * cutoff * distance;
      const window = edge * edge >= 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - edge * edge)) / atZero;
      const value = (x === 0 ? 1 : Math.sin(x) / x) * window;
      bank[row + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < 2 * half; tap++) bank[row + tap] = bank[row + tap]! / sum;
  }
  return bank;
}

function checkRate(rate: number): void {
  if (Number.isInteger(rate) && rate >= RATE_RANGE[0] && rate <= RATE_RANGE[1]) return;
  throw new AffektError(
    "sample-rate",
    `Cannot resample from or to ${rate} Hz; expected a whole number from ${RATE_RANGE[0]} to ${RATE_RANGE[1]} Hz.`,
    "Check the sample rate of the sound.",
  );
}

/** @throws AffektError `sample-rate` if a rate is out of range */
export function resampler(fromRate: number, toRate: number): Resampler {
  checkRate(fromRate);
  checkRate(toRate);
  if (fromRate === toRate) return { push: (samples) => samples, flush: () => new Float32Array(0) };
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const phases = toRate / divisor;
  const stride = fromRate / divisor;
  const slowdown = Math.max(1, fromRate / toRate);
  const half = Math.ceil(ZERO_CROSSINGS * slowdown);
  const bank = filterBank(phases, half, ROLL_OFF / slowdown);
  const taps = 2 * half;

  // `held` starts at input index `heldFrom`; the half filter before the first sample is silence.
  let held = new Float32Array(half - 1);
  let heldFrom = 1 - half;
  let received = 0;
  let produced = 0;

  function produce(until: number): Float32Array {
    const source = held;
    const out = new Float32Array(Math.max(0, until - produced));
    // Kept as whole and fraction, so that hours of sound lose no precision.
    let whole = Math.floor((produced * stride) / phases);
    let phase = produced * stride - whole * phases;
    for (let i = 0; i < out.length; i++) {
      const start = whole - half + 1 - heldFrom;
      const row = phase * taps;
      // Two sums, because one would have to wait for itself; the number of taps is even.
      let even = 0;
      let odd = 0;
      for (let tap = 0; tap < taps; tap += 2) {
        even += source[start + tap]! * bank[row + tap]!;
        odd += source[start + tap + 1]! * bank[row + tap + 1]!;
      }
      out[i] = even + odd;
      phase += stride;
      while (phase >= phases) {
        phase -= phases;
        whole++;
      }
    }
    produced += out.length;
    const keepFrom = Math.max(0, Math.floor((produced * stride) / phases) - half + 1 - heldFrom);
    held = held.slice(keepFrom);
    heldFrom += keepFrom;
    return out;
  }

  function append(samples: Float32Array): void {
    const joined = new Float32Array(held.length + samples.length);
    joined.set(held);
    joined.set(samples, held.length);
    held = joined;
  }

  return {
    push(samples) {
      append(samples);
      received += samples.length;
      // The last output whose filter ends inside what has arrived.
      return produce(Math.max(produced, Math.ceil(((received - half) * phases) / stride)));
    },
    flush() {
      append(new Float32Array(taps));
      return produce(Math.ceil((received * phases) / stride));
    },
  };
}

/**
 * @param sound mono
 * @param sampleRate in Hz
 * @returns `ceil(length · sampleRate / sound.sampleRate)` samples, with no delay
 * @throws AffektError `sample-rate` if a rate is out of range
 */
export function resample(sound: Waveform, sampleRate: number): Waveform {
  if (sound.sampleRate === sampleRate) return sound;
  const stream = resampler(sound.sampleRate, sampleRate);
  const head = stream.push(sound.samples);
  const rest = stream.flush();
  const samples = new Float32Array(head.length + rest.length);
  samples.set(head);
  samples.set(rest, head.length);
  return { samples, sampleRate };
}
