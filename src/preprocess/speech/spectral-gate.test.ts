import { expect, test } from "vitest";
import { join, silence, tone } from "../../../test/support/sounds.ts";
import type { Waveform } from "../../core/media.ts";
import { random } from "../../core/random.ts";
import { addNoise } from "./augment.ts";
import { spectralGate } from "./spectral-gate.ts";

const RATE = 2_000;
/** Power of two that holds 32 ms. */
const SIZE = 64;
const HOP = SIZE / 4;
const BINS = SIZE / 2 + 1;

type Complex = readonly [re: number, im: number];

const hann = (at: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / SIZE);
const power = ([re, im]: Complex): number => re * re + im * im;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Half of the discrete Fourier transform of real numbers, by its definition. */
function spectrumOf(frame: readonly number[]): Complex[] {
  return Array.from({ length: BINS }, (_, bin) => {
    const turn = (at: number): number => (2 * Math.PI * bin * at) / SIZE;
    return [
      frame.reduce((sum, value, at) => sum + value * Math.cos(turn(at)), 0),
      frame.reduce((sum, value, at) => sum - value * Math.sin(turn(at)), 0),
    ];
  });
}

/** Its inverse. */
function frameOf(spectrum: readonly Complex[]): number[] {
  return Array.from({ length: SIZE }, (_, at) => {
    const terms = spectrum.map(([re, im], bin) => {
      const turn = (2 * Math.PI * bin * at) / SIZE;
      return (bin === 0 || bin === SIZE / 2 ? 1 : 2) * (re * Math.cos(turn) - im * Math.sin(turn));
    });
    return terms.reduce((sum, term) => sum + term, 0) / SIZE;
  });
}

/** The gate frame by frame: sorts where that one selects, and averages all fifteen neighbours of every point. */
function plainGate({ samples }: Waveform): number[] {
  const steps = Math.ceil((samples.length + SIZE - HOP) / HOP);
  const startOf = (step: number): number => step * HOP - (SIZE - HOP);
  const spectra = Array.from({ length: steps }, (_, step) =>
    spectrumOf(Array.from({ length: SIZE }, (_, at) => (samples[startOf(step) + at] ?? 0) * hann(at))),
  );
  const powers = spectra.map((spectrum) => spectrum.map(power));
  const noise = Array.from({ length: BINS }, (_, bin) => {
    const sorted = powers.map((row) => row[bin] as number).sort((a, b) => a - b);
    return mean(sorted.slice(0, Math.max(1, Math.floor(steps / 5)))) / 0.107;
  });
  const floor = 10 ** (-18 / 20);
  const out = new Array<number>(samples.length).fill(0);
  let gains = new Array<number>(BINS).fill(1);
  for (const [step, spectrum] of spectra.entries()) {
    gains = gains.map((before, bin) => {
      const around = mean(
        powers.slice(Math.max(0, step - 1), step + 2).flatMap((row) => row.slice(Math.max(0, bin - 2), bin + 3)),
      );
      const wanted = around === 0 ? floor : Math.sqrt(Math.max(0, 1 - (2 * (noise[bin] as number)) / around));
      return Math.max(floor, wanted, wanted > before ? wanted : 0.6 * before);
    });
    const kept = spectrum.map(([re, im], bin): Complex => [re * (gains[bin] as number), im * (gains[bin] as number)]);
    for (const [at, value] of frameOf(kept).entries()) {
      const place = startOf(step) + at;
      if (place >= 0 && place < out.length) out[place] = (out[place] as number) + (value * hann(at)) / 1.5;
    }
  }
  return out;
}

const speech = join(tone(300, 0.2, 0.5, RATE), silence(0.1, RATE), tone(450, 0.2, 0.2, RATE), silence(0.1, RATE));

test.each([
  ["noisy speech", addNoise(speech, null, 10, random(1))],
  ["speech between silences", speech],
  ["an odd number of steps", { ...speech, samples: addNoise(speech, null, 10, random(2)).samples.subarray(0, 1_080) }],
] as const)("of %s it leaves what a gate that works frame by frame leaves", (_, sound) => {
  const expected = plainGate(sound);
  const { samples } = spectralGate(sound);
  expect(samples).toHaveLength(expected.length);
  let worst = 0;
  for (const [at, value] of expected.entries()) worst = Math.max(worst, Math.abs((samples[at] as number) - value));
  // Single precision of the result: half a step of it below 0.5 is 3e-8.
  expect(worst).toBeLessThan(1e-7);
});
