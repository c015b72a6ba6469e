/**
 * Mel scale and its bank of triangular filters.
 *
 * Source: HTK's formula, `2595 · log10(1 + f / 700)` (O'Shaughnessy 1987; Young et al., The HTK Book). Triangles are
 * linear in Hz with peak 1, as librosa's `filters.mel(htk=True, norm=None)` and torchaudio's `melscale_fbanks` make them.
 */
import { AffektError } from "../../core/errors.ts";

export function hertzToMel(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

export function melToHertz(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

/** A sparse bank: band `b` weighs `weights[offsets[b] … offsets[b + 1]]` on the spectrum from bin `firstBins[b]` on. */
export interface MelBank {
  readonly bands: number;
  readonly firstBins: Int32Array;
  readonly offsets: Int32Array;
  readonly weights: Float64Array;
  /** True if some band is so narrow that no bin of the spectrum falls into it. */
  readonly hasEmptyBand: boolean;
}

/**
 * @param fftSize points of the transform; the spectrum has `fftSize / 2 + 1` bins
 * @throws AffektError `config` if the range is empty or reaches beyond half the sample rate
 */
export function melBank(bands: number, fftSize: number, sampleRate: number, low: number, high: number): MelBank {
  if (!(Number.isInteger(bands) && bands >= 1 && low >= 0 && low < high && high <= sampleRate / 2)) {
    throw new AffektError(
      "config",
      `Cannot lay ${bands} mel bands from ${low} to ${high} Hz at ${sampleRate} Hz.`,
      `Ask for at least one band and a range inside 0 to ${sampleRate / 2} Hz.`,
    );
  }
  const lowMel = hertzToMel(low);
  const step = (hertzToMel(high) - lowMel) / (bands + 1);
  const edges = Array.from({ length: bands + 2 }, (_, i) => melToHertz(lowMel + i * step));
  const binHertz = sampleRate / fftSize;
  const firstBins = new Int32Array(bands);
  const offsets = new Int32Array(bands + 1);
  const weights: number[] = [];
  let hasEmptyBand = false;
  for (let band = 0; band < bands; band++) {
    const [left, peak, right] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
    let first = -1;
    for (let bin = Math.floor(left / binHertz); bin <= fftSize / 2 && bin * binHertz < right; bin++) {
      const hertz = bin * binHertz;
      const weight = Math.min((hertz - left) / (peak - left), (right - hertz) / (right - peak));
      if (weight <= 0) continue;
      if (first < 0) first = bin;
      weights.push(weight);
    }
    if (first < 0) hasEmptyBand = true;
    firstBins[band] = Math.max(0, first);
    offsets[band + 1] = weights.length;
  }
  return { bands, firstBins, offsets, weights: Float64Array.from(weights), hasEmptyBand };
}
