/** What a speech network sees of the sounds of a manifest, kept between runs by the content that it was made of. */
import { AffektError } from "../../core/errors.ts";
import type { Features, Waveform } from "../../core/media.ts";
import type { WritableFiles } from "../../core/ports.ts";
import type { Settled } from "../../core/settled.ts";
import { contentNames } from "../../data/content-name.ts";
import { type Locator, parseLocator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import { mediaPath } from "../../data/read.ts";
import type { Row } from "../../data/row.ts";
import { FUNCTIONALS_VERSION } from "../../preprocess/speech/utterance-functionals.ts";
import type { SpeechContract } from "../../recognize/contract.ts";
import { networkFeatures, spectrumExtractor } from "../../recognize/speech-features.ts";
import { KEPT_EVERY, keepArrays, keptArrays } from "../kept-arrays.ts";
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

/**
 * Averaged log-mel by locator. All rows of the manifest are extracted together, whatever their split, so that every
 * fold of a corpus finds them. What cannot be decoded is tried anew in every run: it may be mended, or its decoder.
 */
async function extract(
  locators: readonly string[],
  options: Spectrum,
  ports: SoundPorts,
  withFunctionals: boolean,
): Promise<Map<string, Settled<Features>>> {
  const { bands, lowHz, highHz, windowMs, hopMs, averageFrames, trimDb } = options;
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
  const folder = `${ports.cacheFolder}/log-mel-${ports.sha256(JSON.stringify([recipe, ...kind])).slice(0, 24)}`;
  const out = new Map<string, Settled<Features>>();

  const nameOf = contentNames(ports.files, ports.sha256);
  const names = new Map<string, string>();
  for (const locator of new Set(locators)) {
    try {
      names.set(locator, await nameOf(locator));
    } catch (error) {
      if (!(error instanceof AffektError && error.code === "file")) throw error;
      out.set(locator, { error });
    }
  }
  const wanted = new Set(names.values());
  const known = await keptArrays(ports.files, folder, (name) =>
    wanted.has(name.startsWith(FUNCTIONALS) ? name.slice(FUNCTIONALS.length) : name),
  );

  const missing = new Map([...names].flatMap(([at, name]) => (known.has(name) ? [] : [[name, at] as const])));
  const failed = new Map<string, AffektError>();
  const toSpectrum = spectrumExtractor(recipe, withFunctionals);
  const made = new Map<string, Float32Array>();
  const keep = async () => {
    await keepArrays(ports.files, folder, made, ports.sha256);
    made.clear();
  };
  const todo = [...missing];
  let index = 0;
  for await (const sound of todo.length > 0 ? ports.sounds(todo.map(([, at]) => parseLocator(at))) : []) {
    const [name] = todo[index++] as readonly [string, string];
    if ("error" in sound) failed.set(name, sound.error);
    else {
      const { data, functionals } = toSpectrum(sound.value);
      for (const arrays of [made, known]) {
        arrays.set(name, data);
        if (functionals !== undefined) arrays.set(`${FUNCTIONALS}${name}`, functionals);
      }
    }
    if (index % KEPT_EVERY === 0) await keep();
  }
  await keep();

  for (const [locator, name] of names) {
    const data = known.get(name);
    const functionals = known.get(`${FUNCTIONALS}${name}`);
    const error = failed.get(name);
    if (error !== undefined) out.set(locator, { error });
    else if (data !== undefined) {
      out.set(locator, { value: { data, steps: data.length / bands, bands, ...(functionals ? { functionals } : {}) } });
    }
  }
  return out;
}

/**
 * What the network sees of the sound of each row of the manifest; undefined for a row that is left out.
 *
 * @param withFunctionals whether the features carry the functionals of the utterance
 * @throws AffektError `manifest`; the returned function `media`, `file`, `limit` with the row, unless it is left out
 */
export async function readClips(
  manifest: Manifest,
  options: Spectrum,
  ports: SoundPorts,
  withFunctionals = false,
): Promise<(row: Row) => Features | undefined> {
  const locators = manifest.rows.flatMap((row) => mediaPath(manifest, row, "audio") ?? []);
  const clips = await extract(locators, options, ports, withFunctionals);
  return (row) => {
    const locator = locatorOf(manifest, row);
    const clip = clips.get(locator);
    if (clip === undefined) throw new AffektError("internal", `No features of ${locator}.`, "Report this.");
    if ("error" in clip) return void leaveOut(row.id, clip.error, ports.undecodable);
    return networkFeatures(clip.value, options);
  };
}
