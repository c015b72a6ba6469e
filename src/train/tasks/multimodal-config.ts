/** From manifest rows with a text, a face and a voice to the training task of one network. */

import { z } from "zod";
import { defined } from "../../core/defined.ts";
import { AffektError } from "../../core/errors.ts";
import { kindsOf } from "../../core/explain-issue.ts";
import { kindRecord } from "../../core/kind-record.ts";
import type { Files } from "../../core/ports.ts";
import type { Manifest } from "../../data/manifest.ts";
import { joinPath } from "../../data/paths.ts";
import type { Row, Split } from "../../data/row.ts";
import {
  FaceEncoderConfig,
  SpeechEncoderConfig,
  speechReads,
  TextEncoderConfig,
  textReads,
} from "../../encode/table.ts";
import { FusionConfig } from "../../fuse/table.ts";
import { bandStatistics, normalize } from "../../preprocess/speech/running-normalization.ts";
import { type SubwordModel, subwordTokenizer, trainSubwords } from "../../preprocess/text/subwords.ts";
import { contractFromModel } from "../../recognize/contract-file.ts";
import { featureWidth } from "../../recognize/speech-features.ts";
import { HELD_BYTES } from "../bounded-reader.ts";
import { classWeights } from "../class-weights.ts";
import { parsePart, type TrainConfig } from "../config.ts";
import type { TrainingTask } from "../task.ts";
import { FaceFeatures, labelTargets } from "./face-config.ts";
import type { FaceMedia } from "./face-crops.ts";
import { FURTHER } from "./further-columns.ts";
import { fusedHead, HEAD } from "./fused-head.ts";
import { openCrops } from "./multimodal-crops.ts";
import type { MultimodalSet } from "./multimodal-set.ts";
import { type MultimodalTaskOptions, multimodalTask } from "./multimodals.ts";
import { faceNetwork, speechNetwork, textNetwork } from "./network-config.ts";
import { openClips, type SoundPorts } from "./speech-clips.ts";
import { checkCepstra, SpeechFeatures, speechInput } from "./speech-config.ts";
import { TextFeatures } from "./text-config.ts";
import { textOf, textSetWriter } from "./text-set.ts";
import { someDecoded } from "./undecodable.ts";

export const MultimodalFeatures = z.strictObject({
  text: TextFeatures.omit({
    task: true,
    classWeightPower: true,
    auxiliary: true,
    mixup: true,
    numbers: true,
    categories: true,
  }).extend({
    /** Model file whose tokenizer is used, for an encoder that starts from its weights. Default: one of its own. */
    tokenizer: z.string().min(1).optional(),
  }),
  face: FaceFeatures.pick({ side: true, cut: true, size: true, mean: true, std: true, augment: true }).prefault({}),
  speech: SpeechFeatures.omit({
    clipShare: true,
    mixup: true,
    relabel: true,
    score: true,
    numbers: true,
    categories: true,
  })
    .extend({ normalization: z.literal("clip").default("clip") })
    .prefault({}),
  /** Share of the modalities hidden from a row in training, so that a missing one is nothing unusual. */
  modalityDropout: z.number().min(0).max(1).default(0.2),
  /** Of the Beta distribution from which the share of the other row is drawn; 0 for no mixup. */
  mixup: z.number().nonnegative().default(0),
  ...FURTHER,
  score: z.enum(["accuracy", "uar", "macroF1"]).default("accuracy"),
});

export const MultimodalNetwork = z.strictObject({
  /** An encoder by name and its options, each as in the configuration of its modality; heads are below. */
  text: kindRecord(kindsOf(TextEncoderConfig)),
  face: kindRecord(kindsOf(FaceEncoderConfig)),
  speech: kindRecord(kindsOf(SpeechEncoderConfig)),
  fusion: FusionConfig,
  head: HEAD,
  /** Weight of the mean loss of the encoders' own answers. */
  auxiliary: z.number().nonnegative().default(0),
});

export interface ConfiguredMultimodal {
  readonly task: TrainingTask;
  readonly options: MultimodalTaskOptions;
  /** The rows of a split as the network wants them: `multimodalLogits(session, await load("test"), options)`. */
  readonly load: (split: Split) => Promise<MultimodalSet>;
  /** Bytes of features and crops that were held at most until now: each has half of `heldBytes`. */
  readonly held: () => { readonly speech: number; readonly face: number };
}

export interface MultimodalPorts extends SoundPorts {
  readonly media: FaceMedia;
  /** Of the configuration. */
  readonly folder?: string;
}

/** @throws AffektError `config` if the file has no tokenizer of its own */
async function tokenizerOf(path: string, files: Pick<Files, "readBytes">): Promise<SubwordModel> {
  const { input, modality } = contractFromModel(await files.readBytes(path));
  if (modality === "text" && "tokenizer" in input && "model" in input.tokenizer) return input.tokenizer.model;
  throw new AffektError(
    "config",
    `${path} is no text model with a tokenizer inside.`,
    "Name a text model in features.text.tokenizer, or leave it out.",
  );
}

/** @throws AffektError `config`, `manifest`, `label`, `media`, `data` */
export async function configureMultimodalParts(
  config: TrainConfig,
  manifests: readonly Manifest[],
  ports: MultimodalPorts,
): Promise<ConfiguredMultimodal> {
  const features = parsePart(MultimodalFeatures, config.features, "features");
  const network = parsePart(MultimodalNetwork, config.network, "network");
  const { labels, training } = config;
  const face = faceNetwork(network.face, "network.face");
  const speech = speechNetwork(network.speech, "network.speech");
  if (speechReads(speech.encoder) === "functionals") {
    throw new AffektError(
      "config",
      `network.speech is ${speech.encoder.kind}, which reads numbers of a whole utterance.`,
      "Take an encoder that reads features in time, such as residual-attention.",
    );
  }
  checkCepstra(features.speech);
  const rowsOf = (split: Split) =>
    manifests.map((manifest) => ({ manifest, rows: manifest.rows.filter((row) => row.split === split) }));
  const trainRows = rowsOf("train").flatMap(({ rows }) => rows);
  const { head, further } = fusedHead(network.head, labels.length, features, trainRows);
  const { tokenizer: given, vocabularySize } = features.text;
  const model =
    given === undefined
      ? trainSubwords(trainRows.map(textOf), { vocabularySize })
      : await tokenizerOf(joinPath(ports.folder ?? ".", given), ports.files);
  const tokenizer = subwordTokenizer(model);
  const { maxTokens, ngramLimit, buckets, languages } = features.text;
  const text = textNetwork(network.text, { tokens: tokenizer.size, ngrams: buckets }, "network.text");

  const half = { ...ports, heldBytes: (ports.heldBytes ?? HELD_BYTES) / 2 };
  const clips = await openClips(manifests, features.speech, half, {
    finish: (voice) => normalize(voice, bandStatistics(voice)),
  });
  const faces = await openCrops(manifests, features.face.side, half);

  async function load(split: Split): Promise<MultimodalSet> {
    const rows: Row[] = [];
    const voices: number[] = [];
    const crops: number[] = [];
    for (const { manifest, rows: own } of rowsOf(split)) {
      const heard = new Map<string, number>();
      for (const row of own) {
        const voice = clips.find(manifest, row);
        if (voice !== undefined) heard.set(row.id, voice);
      }
      someDecoded("sounds", own.length, heard.size);
      const seen = await faces.take(
        manifest,
        own.filter(({ id }) => heard.has(id)),
      );
      for (const [at, row] of seen.rows.entries()) {
        voices.push(heard.get(row.id) as number);
        crops.push(seen.crops[at] as number);
        rows.push(row);
      }
    }
    const reads = textReads(text.encoder);
    const texts = textSetWriter(
      { ...features.text, task: "single", labels, tokenizer, reads },
      ports,
      split === "train",
    );
    for (const row of rows) await texts.add(row);
    const { targets, truth } = labelTargets(rows, labels);
    const subjects = rows.flatMap(({ subject }) => subject ?? []);
    return {
      rows: rows.length,
      text: await texts.finish(),
      face: { crops, read: faces.read, side: features.face.side },
      speech: { clips: voices, read: clips.read },
      ...{ targets, truth },
      ...(further ? { further: further.targets(rows) } : {}),
      ...(subjects.length === rows.length ? { subjects } : {}),
    };
  }

  const held = () => ({ speech: clips.held().most, face: faces.held().most });
  const [train, validation] = [await load("train"), await load("validation")];
  const { side, cut, size, mean, std } = features.face;
  const { inputs: _inputs, ...sound } = speechInput(features.speech);
  const { tokenDropout, ngramDropout } = features.text;
  const ids: readonly string[] = textReads(text.encoder);
  const options: MultimodalTaskOptions = {
    labels,
    network: {
      encoders: { text: text.encoder, face: face.encoder, speech: speech.encoder },
      fusion: network.fusion,
      head,
      sizes: { maxTokens, ngramLimit, side: size, bands: featureWidth(sound), steps: features.speech.steps },
    },
    batch: training.batch,
    labelSmoothing: training.labelSmoothing,
    sampling: training.sampling,
    score: features.score,
    text: { tokenDropout, ngramDropout, unknownId: tokenizer.unknownId },
    face: { augment: defined(features.face.augment), cut, mean, std },
    speech: { augment: features.speech.augment },
    modalityDropout: features.modalityDropout,
    auxiliary: network.auxiliary,
    mixup: features.mixup,
    ...(further ? { further } : {}),
    ...(training.classWeights ? { classWeights: classWeights(training.classWeights, labels, train.targets) } : {}),
    input: {
      inputs: {
        ...Object.fromEntries(ids.map((name) => [name, name])),
        pixels: "pixels",
        features: "features",
        presence: "presence",
      },
      text: {
        maxTokens,
        tokenizer: { model: JSON.parse(JSON.stringify(model)) },
        ...(ids.includes("ngrams") ? { ngrams: { buckets, limit: ngramLimit, segmentHan: false } } : {}),
        languages: [...languages],
      },
      face: {
        size,
        cropSize: side,
        channels: 1,
        normalization: { mean: [mean], std: [std] },
        cropMargin: 0.1,
        aligned: false,
        flipAverage: false,
      },
      speech: sound,
    },
  };
  return { task: multimodalTask(train, validation, options), options, load, held };
}

/** @throws AffektError `config`, `manifest`, `label`, `media`, `data` */
export async function configureMultimodal(
  config: TrainConfig,
  manifests: readonly Manifest[],
  ports: MultimodalPorts,
): Promise<TrainingTask> {
  return (await configureMultimodalParts(config, manifests, ports)).task;
}
