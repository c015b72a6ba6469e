/**
 * Mel-frequency cepstral coefficients and their deltas.
 *
 * Source: Davis & Mermelstein (1980); orthonormal DCT-II (Ahmed, Natarajan & Rao 1974) as `scipy.fft.dct(norm="ortho")`;
 * deltas by regression over ±2 frames (Furui 1986; The HTK Book, eq. 5.16).
 */
import { AffektError } from "../../core/errors.ts";
import type { Features } from "../../core/media.ts";

/**
 * @param mel `[steps, bands]` log-mel energies
 * @param coefficients how many to keep, the first being the level. Default 20
 * @returns `[steps, coefficients]`
 * @throws AffektError `config` if there are fewer bands than coefficients
 */
export function mfcc(mel: Features, coefficients = 20): Features {
  const { bands, steps } = mel;
  if (!(Number.isInteger(coefficients) && coefficients >= 1 && coefficients <= bands)) {
    throw new AffektError(
      "config",
      `Cannot take ${coefficients} cepstral coefficients of ${bands} mel bands.`,
      `Ask for 1 to ${bands}.`,
    );
  }
  const basis = new Float64Array(coefficients * bands);
  for (let k = 0; k < coefficients; k++) {
    const scale = Math.sqrt((k === 0 ? 1 : 2) / bands);
    for (let n = 0; n < bands; n++) basis[k * bands + n] = scale * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * bands));
  }
  const data = new Float32Array(steps * coefficients);
  for (let step = 0; step < steps; step++) {
    for (let k = 0; k < coefficients; k++) {
      let sum = 0;
      for (let n = 0; n < bands; n++) sum += basis[k * bands + n]! * mel.data[step * bands + n]!;
      data[step * coefficients + k] = sum;
    }
  }
  return { data, steps, bands: coefficients };
}

/** Slope over time: `Σ n (x[t+n] − x[t−n]) / (2 Σ n²)`, the ends repeated. Shape stays. */
export function deltas(features: Features, reach = 2): Features {
  const { data, steps, bands } = features;
  const out = new Float32Array(data.length);
  let norm = 0;
  for (let n = 1; n <= reach; n++) norm += 2 * n * n;
  for (let step = 0; step < steps; step++) {
    for (let n = 1; n <= reach; n++) {
      const after = Math.min(steps - 1, step + n) * bands;
      const before = Math.max(0, step - n) * bands;
      for (let band = 0; band < bands; band++) {
        out[step * bands + band]! += (n * (data[after + band]! - data[before + band]!)) / norm;
      }
    }
  }
  return { data: out, steps, bands };
}

/** Puts features of the same number of steps side by side. @throws AffektError `shape` */
export function sideBySide(...parts: readonly Features[]): Features {
  const steps = parts[0]?.steps ?? 0;
  const bands = parts.reduce((sum, part) => sum + part.bands, 0);
  if (parts.some((part) => part.steps !== steps)) {
    throw new AffektError(
      "shape",
      `Cannot join features of ${parts.map((part) => part.steps).join(", ")} steps.`,
      "Compute them with the same window and hop.",
    );
  }
  const data = new Float32Array(steps * bands);
  let column = 0;
  for (const part of parts) {
    for (let step = 0; step < steps; step++) {
      data.set(part.data.subarray(step * part.bands, (step + 1) * part.bands), step * bands + column);
    }
    column += part.bands;
  }
  return { data, steps, bands };
}
