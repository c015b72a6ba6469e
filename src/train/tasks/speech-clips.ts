/** What a speech network sees of the sounds of manifests, kept on disk between runs and held as far as a budget goes. */
import { AffektError } from "../../core/errors.ts";
import type { Features, Waveform } from "../../core/media.ts";
import type { WritableFiles } from "../../core/ports.ts";
import type { Settled } from "../../core/settled.ts";
import { type Locator, parseLocator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import { mediaPath } from "../../data/read.ts";
import type { Row } from "../../data/row.ts";
import { FUNCTIONALS_VERSION } from "../../preprocess/speech/utterance-functionals.ts";
import type { SpeechContract } from "../../recognize/contract.ts";
import { featureWidth, networkFeatures, spectrumExtractor } from "../../recognize/speech-features.ts";
import { boundedReader, HELD_BYTES } from "../bounded-reader.ts";
import { openKeptMedia } from "../kept-media.ts";
import { leaveOut, type OnUndecodable } from "./undecodable.ts";

export const SAMPLE_RATE = 16_000;
export const FLOOR = 1e-6;

export interface SoundPorts {
  readonly files: WritableFiles;
  /** Lower-case hexadecimal SHA-256 of a text. */
  readonly sha256: (text: string) => string;
  /** Decodes what each locator cuts out at 16 kHz, in order, with an error in the place of what cannot be decoded. */
  readonly sounds: (places: readonly Locator[]) => AsyncIterable<Settled<Waveform>>;
  /** Told of rows whose sound cannot be decoded, which are then left out. By default the first one ends the training. */
  readonly undecodable?: OnUndecodable | undefined;
  /** Folder where extracted features are kept between runs. */
  readonly cacheFolder: string;
  /** Bytes of features that may be held in memory. Default `HELD_BYTES`. */
  readonly heldBytes?: number;
}

/** What decides the features of a sound. */
export type Spectrum = Pick<
  SpeechContract["input"],
  "bands" | "lowHz" | "highHz" | "windowMs" | "hopMs" | "averageFrames" | "trimDb" | "cepstra"
>;

function locatorOf(manifest: Manifest, row: Row): string {
  const locator = mediaPath(manifest, row, "audio");
  if (locator !== undefined) return locator;
  throw new AffektError("manifest", `Row ${row.id} has no audio.`, "Train a speech model on rows with audio.");
}

/** Begins the names of arrays of functionals among those of features. */
const FUNCTIONALS = "functionals/";
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

export interface ClipsOptions {
  /** Whether the features carry the functionals of the utterance. Default false. */
  readonly withFunctionals?: boolean;
  /** What else is done to features once they are read; they keep their size. */
  readonly finish?: (features: Features) => Features;
}

/** What a network sees of the sounds of manifests. */
export interface Clips {
  /**
   * The number of a row's sound; undefined for a row that is left out.
   *
   * @throws AffektError `manifest` if the row has none; `media`, `file`, `limit` with the row, unless it is left out
   */
  find(manifest: Manifest, row: Row): number | undefined;
  /** Steps of the sound of this number. */
  steps(clip: number): number;
  /** What `finish` makes of the sounds of these numbers, in this order. @throws AffektError see `KeptMedia.load` */
  read(clips: Iterable<number>): AsyncIterable<Features>;
  /** Bytes of features that are held now, and the most that ever were. */
  held(): { readonly now: number; readonly most: number };
}

/**
 * The sounds of all rows, whatever their split, so that every fold of a corpus finds them. What is not kept yet is
 * decoded and kept first.
 */
export async function openClips(
  manifests: readonly Manifest[],
  options: Spectrum,
  ports: SoundPorts,
  { withFunctionals = false, finish = (features) => features }: ClipsOptions = {},
): Promise<Clips> {
  const { bands, lowHz, highHz, windowMs, hopMs, averageFrames, trimDb, cepstra } = options;
  const recipe = {
    sampleRate: SAMPLE_RATE,
    bands,
    lowHz,
    highHz,
    windowMs,
    hopMs,
    averageFrames,
    trimDb,
    floor: FLOOR,
  };
  const kind = withFunctionals ? [{ functionals: FUNCTIONALS_VERSION }] : [];
  const numbers = new Map<string, number>();
  for (const manifest of manifests) {
    for (const row of manifest.rows) {
      const locator = mediaPath(manifest, row, "audio");
      if (locator !== undefined && !numbers.has(locator)) numbers.set(locator, numbers.size);
    }
  }
  const toSpectrum = spectrumExtractor(recipe, withFunctionals);
  const budget = ports.heldBytes ?? HELD_BYTES;
  const kept = await openKeptMedia<Float32Array>([...numbers.keys()], {
    files: ports.files,
    sha256: ports.sha256,
    folder: `${ports.cacheFolder}/log-mel-${ports.sha256(JSON.stringify([recipe, ...kind])).slice(0, 24)}`,
    kinds: withFunctionals ? ["", FUNCTIONALS] : [""],
    mostMade: budget / 2,
    async *make(locators) {
      for await (const sound of ports.sounds(locators.map(parseLocator))) {
        if ("error" in sound) yield sound;
        else {
          const { data, functionals } = toSpectrum(sound.value);
          yield { value: functionals === undefined ? [data] : [data, functionals] };
        }
      }
    },
  });

  const steps = (clip: number): number => (kept.sizes(clip)[0] ?? 0) / FLOAT_BYTES / bands;
  const width = Math.max(bands, featureWidth({ bands, ...(cepstra ? { cepstra } : {}) }));
  const reader = boundedReader({
    count: numbers.size,
    budget,
    bytesOf: (clip) => FLOAT_BYTES * steps(clip) * width + (kept.sizes(clip)[1] ?? 0),
    async load(clips) {
      return (await kept.load(clips)).map(([data = new Float32Array(), functionals]) =>
        finish(
          networkFeatures(
            { data, steps: data.length / bands, bands, ...(functionals ? { functionals } : {}) },
            cepstra ? { cepstra } : {},
          ),
        ),
      );
    },
  });
  return {
    ...reader,
    steps,
    find(manifest, row) {
      const locator = locatorOf(manifest, row);
      const clip = numbers.get(locator);
      if (clip === undefined) throw new AffektError("internal", `No features of ${locator}.`, "Report this.");
      const error = kept.failed.get(clip);
      return error === undefined ? clip : void leaveOut(row.id, error, ports.undecodable);
    },
  };
}
