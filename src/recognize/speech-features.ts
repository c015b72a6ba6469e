/** From sound to the features that a speech network sees, by its contract. Training and serving share this path. */
import type { Features, Waveform } from "../core/media.ts";
import { logMelExtractor } from "../preprocess/speech/log-mel.ts";
import { deltas, mfcc, sideBySide } from "../preprocess/speech/mfcc.ts";
import { trim } from "../preprocess/speech/trim.ts";
import { utteranceFunctionals } from "../preprocess/speech/utterance-functionals.ts";
import type { SpeechContract } from "./contract.ts";

type SpeechInput = SpeechContract["input"];
/** What decides the averaged log-mel; the same for all networks that agree in it. */
export type SpectrumInput = Pick<
  SpeechInput,
  "sampleRate" | "bands" | "lowHz" | "highHz" | "windowMs" | "hopMs" | "floor" | "averageFrames" | "trimDb"
>;

/** Mean of neighbouring steps; a rest shorter than `width` is dropped, unless it is all there is. */
function averageSteps(features: Features, width: number): Features {
  if (width === 1) return features;
  const { bands } = features;
  const steps = Math.max(1, Math.floor(features.steps / width));
  const data = new Float32Array(steps * bands);
  for (let step = 0; step < steps; step++) {
    const first = step * width;
    const last = Math.min(features.steps, first + width);
    for (let from = first; from < last; from++) {
      for (let band = 0; band < bands; band++) {
        const at = step * bands + band;
        data[at] = (data[at] as number) + (features.data[from * bands + band] as number) / (last - first);
      }
    }
  }
  return { data, steps, bands };
}

/** What the features of an utterance are made in: silence at both ends is cut, then the spectrum is that of the rest. */
export interface SpectrumMaker {
  /** The part between the silent ends: a view on the same samples. */
  keep(sound: Waveform): Waveform;
  /** Averaged log-mel `[steps, bands]` of what was kept. */
  spectrum(kept: Waveform): Features;
}

/**
 * @param input of the contract; sounds are at its rate
 * @param withFunctionals whether the spectrum carries the functionals of the utterance
 */
export function spectrumMaker(input: SpectrumInput, withFunctionals: boolean): SpectrumMaker {
  const { sampleRate, bands, lowHz: low, highHz: high, windowMs, hopMs, floor, averageFrames, trimDb } = input;
  const toLogMel = logMelExtractor({ sampleRate, bands, low, high, windowMs, hopMs, floor });
  return {
    keep: (sound) => (trimDb > 0 ? trim(sound, { thresholdDb: trimDb }) : sound),
    spectrum(kept) {
      const spectrum = averageSteps(toLogMel(kept), averageFrames);
      if (!withFunctionals) return spectrum;
      return { ...spectrum, functionals: utteranceFunctionals(kept, spectrum, hopMs * averageFrames) };
    },
  };
}

/** The averaged log-mel of a whole sound. */
export function spectrumExtractor(input: SpectrumInput, withFunctionals: boolean): (sound: Waveform) => Features {
  const { keep, spectrum } = spectrumMaker(input, withFunctionals);
  return (sound) => spectrum(keep(sound));
}

/** The averaged log-mel itself, or its cepstra where the contract asks for them. `[steps, featureWidth]`. */
export function networkFeatures(spectrum: Features, { cepstra }: Pick<SpeechInput, "cepstra">): Features {
  if (cepstra === undefined) return spectrum;
  const coefficients = mfcc(spectrum, cepstra.coefficients);
  const { functionals } = spectrum;
  return {
    ...(cepstra.deltas ? sideBySide(coefficients, deltas(coefficients)) : coefficients),
    ...(functionals === undefined ? {} : { functionals }),
  };
}

/** Numbers per step that the network sees. */
export function featureWidth({ bands, cepstra }: Pick<SpeechInput, "bands" | "cepstra">): number {
  return cepstra === undefined ? bands : cepstra.coefficients * (cepstra.deltas ? 2 : 1);
}
