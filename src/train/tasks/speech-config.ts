/** From manifest rows with sound to a training task. */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import type { Manifest } from "../../data/manifest.ts";
import type { Split } from "../../data/row.ts";
import { samplesOf } from "../../data/samples.ts";
import { type SpeechEncoderConfig, speechReads } from "../../encode/table.ts";
import {
  type BandStatistics,
  bandStatistics,
  deviation,
  type FunctionalScale,
  mergeStatistics,
} from "../../preprocess/speech/running-normalization.ts";
import type { SpeechContract } from "../../recognize/contract.ts";
import { classWeights } from "../class-weights.ts";
import { parsePart, type TrainConfig } from "../config.ts";
import type { TrainingTask } from "../task.ts";
import { allAlike } from "./all-alike.ts";
import { FURTHER, type Further, furtherColumns } from "./further-columns.ts";
import { furtherOf, type NetworkChoice, speechNetwork } from "./network-config.ts";
import { FLOOR, openClips, SAMPLE_RATE, type SoundPorts, type Spectrum } from "./speech-clips.ts";
import { speechTask, type Utterance, type UtteranceSet } from "./speeches.ts";
import { someDecoded } from "./undecodable.ts";

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

/**
 * What the contract says of these features.
 *
 * @param functionals scale of those that the network reads in place of the features
 */
export function speechInput(
  features: Spectrum & Pick<SpeechFeatures, "steps" | "normalization">,
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

function functionalScale(all: BandStatistics | undefined): FunctionalScale {
  return all === undefined ? { mean: [], deviation: [] } : { mean: [...all.mean], deviation: [...deviation(all)] };
}

/** Utterances to train on and to judge by, and what decides how a network reads them. */
export interface SpeechSet {
  readonly features: SpeechFeatures;
  readonly network: NetworkChoice<SpeechEncoderConfig>;
  readonly train: UtteranceSet;
  readonly validation: UtteranceSet;
  /** Scale of the functionals, for networks that read these. */
  readonly scale?: FunctionalScale;
  readonly further?: Further;
}

/** @throws AffektError `config`, `manifest`, `label`, `media`; `data` if all sounds are the same */
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
  const further = furtherOf(network, features, () => furtherColumns(trainRows, features));
  const clips = await openClips(manifests, features, ports, { withFunctionals });
  const found = { train: [] as Utterance[], validation: [] as Utterance[] };
  /** Of the functionals of all training utterances, each counting by its share. */
  let people: BandStatistics | undefined;
  const alike = allAlike("sounds", "silent, or all one sound");
  for (const [source, manifest] of manifests.entries()) {
    const share = config.data[source]?.share ?? 1;
    // A speaker's statistics come from the speaker's clips of the same split: nothing of a test clip is read here.
    for (const split of ["train", "validation"] as const satisfies Split[]) {
      const { rows } = samplesOf(manifest, split);
      const heard = rows.flatMap((row) => {
        const clip = clips.find(manifest, row);
        return clip === undefined ? [] : [{ row, clip }];
      });
      someDecoded("sounds", rows.length, heard.length);
      const speakers = new Map<string, BandStatistics>();
      let index = 0;
      for await (const clip of clips.read(heard.map(({ clip }) => clip))) {
        const { subject } = (heard[index++] as (typeof heard)[number]).row;
        const own = bandStatistics(clip);
        // Of silence every step is the same, however long it lasts.
        if (split === "train") alike.see(own.mean, own.squares);
        if (split === "train" && clip.steps > 0 && own.functionals) {
          const weighed = { ...own.functionals, count: share };
          people = people === undefined ? weighed : mergeStatistics(people, weighed);
        }
        if (subject === undefined) continue;
        const known = speakers.get(subject);
        speakers.set(subject, known === undefined ? own : mergeStatistics(known, own));
      }
      for (const { row, clip } of heard) {
        const name = features.relabel[row.label ?? ""] ?? row.label ?? "";
        const label = labels.indexOf(name);
        if (label < 0) {
          throw new AffektError(
            "label",
            `Row ${row.id} has the label "${name}"; expected one of ${labels.join(", ")}.`,
            "Use features.relabel.",
          );
        }
        if (clips.steps(clip) === 0) continue;
        const { subject } = row;
        const speaker = subject === undefined ? undefined : speakers.get(subject);
        found[split].push({
          ...{ clip, label, share },
          ...(speaker === undefined ? {} : { speaker }),
          ...(subject === undefined ? {} : { subject }),
          ...(further ? { further: further.targets([row]) } : {}),
        });
      }
    }
  }
  alike.check();
  return {
    features,
    network,
    train: { utterances: found.train, read: clips.read },
    validation: { utterances: found.validation, read: clips.read },
    ...(withFunctionals ? { scale: functionalScale(people) } : {}),
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
      ? { classWeights: classWeights(training.classWeights, labels, oneHot(train.utterances, labels)) }
      : {}),
  });
}
