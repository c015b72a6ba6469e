/** From manifest rows with sound to a training task. */
import { z } from "zod";
import { AffektError, type ErrorCode } from "../../core/errors.ts";
import type { Features as LogMelFeatures, Waveform } from "../../core/media.ts";
import type { WritableFiles } from "../../core/ports.ts";
import type { Settled } from "../../core/settled.ts";
import { parseLocator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import { joinPath } from "../../data/paths.ts";
import type { Row, Split } from "../../data/row.ts";
import { samplesOf } from "../../data/samples.ts";
import { type SpeechEncoderConfig, speechReads } from "../../encode/table.ts";
import {
  bandStatistics,
  deviation,
  type FunctionalScale,
  mergeStatistics,
  speakerStatistics,
} from "../../preprocess/speech/running-normalization.ts";
import { FUNCTIONALS_VERSION } from "../../preprocess/speech/utterance-functionals.ts";
import type { SpeechContract } from "../../recognize/contract.ts";
import { networkFeatures, spectrumExtractor } from "../../recognize/speech-features.ts";
import { classWeights } from "../class-weights.ts";
import { parsePart, type TrainConfig } from "../config.ts";
import { decodeSafetensors, encodeSafetensors } from "../safetensors.ts";
import type { TrainingTask } from "../task.ts";
import { FURTHER, type Further } from "./further-columns.ts";
import { furtherOf, type NetworkChoice, speechNetwork } from "./network-config.ts";
import { speechTask, type Utterance } from "./speeches.ts";
import { leaveOut, type OnUndecodable, someDecoded } from "./undecodable.ts";

const pairOf = z.tuple([z.number().positive(), z.number().positive()]);

export const SpeechFeatures = z.strictObject({
  bands: z.int().positive().default(64),
  lowHz: z.number().nonnegative().default(50),
  highHz: z.number().positive().default(7600),
  windowMs: z.number().positive().default(25),
  hopMs: z.number().positive().default(10),
  averageFrames: z.int().positive().default(2),
  /** Cepstral coefficients in place of the bands, with their slopes over time if wanted; augment.bandShift must be 0. */
  cepstra: z
    .strictObject({ coefficients: z.int().positive().default(20), deltas: z.boolean().default(false) })
    .exactOptional(),
  /** Length of the network's window, in averaged steps. */
  steps: z.int().positive().default(128),
  normalization: z.enum(["clip", "speaker"]).default("speaker"),
  clipShare: z.number().min(0).max(1).default(0.3),
  trimDb: z.number().nonnegative().default(40),
  mixup: z.number().nonnegative().default(0.3),
  /** Labels to be taken for others: `{ "calm": "neutral" }`. */
  relabel: z.record(z.string(), z.string()).default({}),
  ...FURTHER,
  score: z.enum(["accuracy", "uar", "macroF1"]).default("uar"),
  augment: z
    .strictObject({
      speed: pairOf.default([0.85, 1.18]),
      bandShift: z.int().nonnegative().default(3),
      stepMasks: z
        .strictObject({ count: z.int().positive(), longest: z.int().positive() })
        .default({ count: 2, longest: 16 }),
      bandMasks: z
        .strictObject({ count: z.int().positive(), widest: z.int().positive() })
        .default({ count: 2, widest: 8 }),
      noise: z.number().nonnegative().default(0.25),
    })
    .prefault({}),
});

type SpeechFeatures = z.infer<typeof SpeechFeatures>;

const SAMPLE_RATE = 16_000;
const FLOOR = 1e-6;

export interface SoundPorts {
  readonly files: WritableFiles;
  /** Lower-case hexadecimal SHA-256 of a text. */
  readonly sha256: (text: string) => string;
  /** Decodes many files at 16 kHz, in order, with an error in the place of one that cannot be decoded. */
  readonly sounds: (paths: readonly string[]) => AsyncIterable<Settled<Waveform>>;
  /** Told of rows whose sound cannot be decoded, which are then left out. By default the first one ends the training. */
  readonly undecodable?: OnUndecodable | undefined;
  /** Folder where extracted features are kept between runs. */
  readonly cacheFolder: string;
}

function audioOf(manifest: Manifest, row: Row): string {
  if (row.audio === undefined) {
    throw new AffektError("manifest", `Row ${row.id} has no audio.`, "Train a speech model on rows with audio.");
  }
  return joinPath(manifest.base, parseLocator(row.audio).path);
}

type Spectrum = "bands" | "lowHz" | "highHz" | "windowMs" | "hopMs" | "averageFrames" | "trimDb";

/** Begins the names of arrays of functionals among those of features. */
const FUNCTIONALS = "functionals/";

/** What was made of the sounds of a manifest, by row id. */
interface Extracted {
  readonly features: ReadonlyMap<string, LogMelFeatures>;
  /** Sounds that cannot be decoded. */
  readonly broken: ReadonlyMap<string, AffektError>;
}

const Broken = z.array(z.strictObject({ id: z.string(), code: z.string(), reason: z.string(), hint: z.string() }));

/**
 * Averaged log-mel, from the cache if the same rows were extracted the same way before. All rows of the manifest are
 * extracted together, whatever their split, so that every fold of a corpus finds them.
 */
async function extract(
  manifest: Manifest,
  options: Pick<SpeechFeatures, Spectrum>,
  ports: SoundPorts,
  withFunctionals: boolean,
): Promise<Extracted> {
  const { bands, lowHz, highHz, windowMs, hopMs, averageFrames, trimDb } = options;
  const rows = manifest.rows.filter(({ audio }) => audio !== undefined).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const recipe = { bands, lowHz, highHz, windowMs, hopMs, averageFrames, trimDb, floor: FLOOR };
  const ids = rows.map(({ id }) => id);
  const { name, version } = manifest.header;
  const kind = withFunctionals ? [{ functionals: FUNCTIONALS_VERSION }] : [];
  const key = ports.sha256(JSON.stringify([recipe, name, version, ids, ...kind]));
  const path = `${ports.cacheFolder}/log-mel-${key.slice(0, 24)}.safetensors`;
  const features = new Map<string, LogMelFeatures>();
  const broken = new Map<string, AffektError>();
  if (await ports.files.exists(path)) {
    const { arrays, metadata } = decodeSafetensors(await ports.files.readBytes(path));
    for (const [id, data] of arrays) {
      if (id.startsWith(FUNCTIONALS)) continue;
      const functionals = arrays.get(`${FUNCTIONALS}${id}`);
      features.set(id, { data, steps: data.length / bands, bands, ...(functionals ? { functionals } : {}) });
    }
    for (const { id, code, reason, hint } of Broken.parse(JSON.parse(metadata["broken"] ?? "[]"))) {
      broken.set(id, new AffektError(code as ErrorCode, reason, hint));
    }
    return { features, broken };
  }
  const toSpectrum = spectrumExtractor({ ...recipe, sampleRate: SAMPLE_RATE }, withFunctionals);
  let index = 0;
  for await (const sound of ports.sounds(rows.map((row) => audioOf(manifest, row)))) {
    const id = ids[index++] as string;
    if ("value" in sound) features.set(id, toSpectrum(sound.value));
    else broken.set(id, sound.error);
  }
  // What is no matter of the file alone (no decoder at hand) may be mended before the next run.
  const lasting = [...broken].filter(([, { code }]) => code === "media" || code === "limit");
  if (lasting.length < broken.size || features.size === 0) return { features, broken };
  const arrays = new Map<string, Float32Array>();
  for (const [id, { data, functionals }] of features) {
    arrays.set(id, data);
    if (functionals !== undefined) arrays.set(`${FUNCTIONALS}${id}`, functionals);
  }
  const told = lasting.map(([id, { code, message: reason, hint }]) => ({ id, code, reason, hint }));
  const metadata = { recipe: JSON.stringify(recipe), broken: JSON.stringify(told) };
  await ports.files.write(path, encodeSafetensors({ arrays, metadata }));
  return { features, broken };
}

/**
 * What the network sees of the sound of each row of the manifest; undefined for a row that is left out.
 *
 * @param withFunctionals whether the features carry the functionals of the utterance
 * @throws AffektError `manifest`; the returned function `media`, `file`, `limit` with the row, unless it is left out
 */
export async function readClips(
  manifest: Manifest,
  options: Pick<SpeechFeatures, Spectrum | "cepstra">,
  ports: SoundPorts,
  withFunctionals = false,
): Promise<(row: Row) => LogMelFeatures | undefined> {
  const { features, broken } = await extract(manifest, options, ports, withFunctionals);
  return (row) => {
    const clip = features.get(row.id);
    if (clip !== undefined) return networkFeatures(clip, options);
    const error = broken.get(row.id);
    if (error !== undefined) return void leaveOut(row.id, error, ports.undecodable);
    throw new AffektError(
      "data",
      `No features of ${audioOf(manifest, row)}.`,
      "Delete the feature cache and try again.",
    );
  };
}

/**
 * What the contract says of these features.
 *
 * @param functionals scale of those that the network reads in place of the features
 */
export function speechInput(
  features: Pick<SpeechFeatures, Spectrum | "cepstra" | "steps" | "normalization">,
  functionals?: FunctionalScale,
): SpeechContract["input"] {
  const { bands, lowHz, highHz, windowMs, hopMs, averageFrames, trimDb, cepstra, steps, normalization } = features;
  return {
    inputs: functionals === undefined ? { features: "features" } : { functionals: "functionals" },
    layout: "bands-steps",
    sampleRate: SAMPLE_RATE,
    bands,
    lowHz,
    highHz,
    windowMs,
    hopMs,
    floor: FLOOR,
    averageFrames,
    ...(cepstra === undefined ? {} : { cepstra }),
    steps,
    normalization,
    trimDb,
    ...(functionals === undefined
      ? {}
      : { functionals: { mean: [...functionals.mean], deviation: [...functionals.deviation] } }),
  };
}

/** @throws AffektError `config` if cepstra are to be treated like bands, or are too many */
export function checkCepstra({ cepstra, bands, augment }: Pick<SpeechFeatures, "cepstra" | "bands" | "augment">): void {
  if (cepstra === undefined) return;
  if (cepstra.coefficients > bands) {
    throw new AffektError(
      "config",
      `features.cepstra.coefficients is ${cepstra.coefficients}, more than the ${bands} bands.`,
      "Lower it, or raise features.bands.",
    );
  }
  if (augment.bandShift > 0) {
    throw new AffektError(
      "config",
      `features.augment.bandShift is ${augment.bandShift}; cepstra are no bands that a voice could shift along.`,
      "Set features.augment.bandShift to 0.",
    );
  }
}

/** `[utterances, labels]`, each weighing as often as it is drawn. */
function oneHot(utterances: readonly Utterance[], labels: readonly string[]): Float32Array {
  const out = new Float32Array(utterances.length * labels.length);
  for (const [row, { label, share }] of utterances.entries()) out[row * labels.length + label] = share;
  return out;
}

/** Over all utterances, each counting by its share. */
function functionalScale(utterances: readonly Utterance[]): FunctionalScale {
  const parts = utterances.flatMap(({ features, share }) => {
    const own = bandStatistics(features).functionals;
    return own === undefined ? [] : [{ ...own, count: share }];
  });
  const [first, ...rest] = parts;
  const all = first === undefined ? undefined : rest.reduce(mergeStatistics, first);
  if (all === undefined) return { mean: [], deviation: [] };
  return { mean: [...all.mean], deviation: [...deviation(all)] };
}

/** Utterances to train on and to judge by, and what decides how a network reads them. */
export interface SpeechSet {
  readonly features: SpeechFeatures;
  readonly network: NetworkChoice<SpeechEncoderConfig>;
  readonly train: readonly Utterance[];
  readonly validation: readonly Utterance[];
  /** Scale of the functionals, for networks that read these. */
  readonly scale?: FunctionalScale;
  readonly further?: Further;
}

/** @throws AffektError `config`, `manifest`, `label`, `media` */
export async function speechSet(
  config: TrainConfig,
  manifests: readonly Manifest[],
  ports: SoundPorts,
): Promise<SpeechSet> {
  const features = parsePart(SpeechFeatures, config.features, "features");
  checkCepstra(features);
  const network = speechNetwork(config.network);
  const withFunctionals = speechReads(network.encoder) === "functionals";
  const { labels } = config;
  const trainRows = manifests.flatMap((manifest) => samplesOf(manifest, "train").rows);
  const further = furtherOf(network, features, trainRows);
  const train: Utterance[] = [];
  const validation: Utterance[] = [];
  for (const [source, manifest] of manifests.entries()) {
    const clip = await readClips(manifest, features, ports, withFunctionals);
    // A speaker's statistics come from the speaker's clips of the same split: nothing of a test clip is read here.
    for (const split of ["train", "validation"] as const satisfies Split[]) {
      const heard = samplesOf(manifest, split).rows.flatMap((row) => {
        const own = clip(row);
        return own === undefined ? [] : [{ row, own }];
      });
      someDecoded("sounds", samplesOf(manifest, split).rows.length, heard.length);
      const [rows, clips] = [heard.map(({ row }) => row), heard.map(({ own }) => own)];
      const speakers = rows.map(({ subject, id }) => subject ?? id);
      const statistics = speakerStatistics(
        clips.map((clip, index) => ({ speaker: speakers[index] as string, features: clip })),
      );
      for (const [index, row] of rows.entries()) {
        const name = features.relabel[row.label ?? ""] ?? row.label ?? "";
        const label = labels.indexOf(name);
        if (label < 0) {
          throw new AffektError(
            "label",
            `Row ${row.id} has the label "${name}"; expected one of ${labels.join(", ")}.`,
            "Use features.relabel.",
          );
        }
        const own = clips[index] as LogMelFeatures;
        const speaker = statistics.get(speakers[index] as string);
        if (own.steps === 0 || speaker === undefined) continue;
        const { subject } = row;
        const share = config.data[source]?.share ?? 1;
        const utterance = {
          ...{ features: own, speaker, label, share },
          ...(subject === undefined ? {} : { subject }),
          ...(further ? { further: further.targets([row]) } : {}),
        };
        (split === "train" ? train : validation).push(utterance);
      }
    }
  }
  return {
    features,
    network,
    train,
    validation,
    ...(withFunctionals ? { scale: functionalScale(train) } : {}),
    ...(further ? { further } : {}),
  };
}

/** @throws AffektError `config`, `manifest`, `label`, `media` */
export async function configureSpeech(
  config: TrainConfig,
  manifests: readonly Manifest[],
  ports: SoundPorts,
): Promise<TrainingTask> {
  const { features, network, train, validation, scale, further } = await speechSet(config, manifests, ports);
  const { labels, training } = config;
  return speechTask(train, validation, {
    labels,
    network,
    input: speechInput(features, scale),
    augment: features.augment,
    mixup: features.mixup,
    clipShare: features.clipShare,
    batch: training.batch,
    labelSmoothing: training.labelSmoothing,
    score: features.score,
    sampling: training.sampling,
    ...(further ? { further } : {}),
    ...(training.classWeights
      ? { classWeights: classWeights(training.classWeights, labels, oneHot(train, labels)) }
      : {}),
  });
}
