/** From manifest rows of square face crops to a training task. */

import { z } from "zod";
import { defined } from "../../core/defined.ts";
import { AffektError } from "../../core/errors.ts";
import { ferDropped, ferPlusDistribution } from "../../data/datasets/fer2013.ts";
import type { Manifest } from "../../data/manifest.ts";
import { joinPath } from "../../data/paths.ts";
import type { Row } from "../../data/row.ts";
import { samplesOf } from "../../data/samples.ts";
import { targetVector } from "../../data/target.ts";
import type { FaceEncoderConfig } from "../../encode/table.ts";
import { FaceView } from "../../recognize/contract.ts";
import { classWeights } from "../class-weights.ts";
import { parsePart, type TrainConfig } from "../config.ts";
import { numbered } from "../sampling.ts";
import type { TrainingTask } from "../task.ts";
import { allAlike } from "./all-alike.ts";
import { allCrops, cropStream, type FaceMedia, sharedSheets } from "./face-crops.ts";
import { type FaceSet, faceTask } from "./faces.ts";
import { FURTHER, furtherColumns } from "./further-columns.ts";
import { faceNetwork, furtherOf, type NetworkChoice } from "./network-config.ts";

export const FaceFeatures = z.strictObject({
  /** Side that crops are kept at, in pixels. */
  side: z.int().positive().default(48),
  /**
   * Sides of the training pictures in order, each for an equal share of the epochs: small ones first are cheaper (Tan &
   * Le 2021).
   */
  trainSizes: z.array(z.int().positive()).min(1).default([48]),
  /** Side of the random part of a crop that is trained on, in pixels of the crop. */
  cut: z.int().positive().default(48),
  size: z.int().positive().default(48),
  /** Cuts of the crop whose logits are averaged when the model is served. */
  views: z.array(FaceView).min(1).optional(),
  mean: z.number().default(0.5),
  std: z.number().positive().default(0.25),
  /** Each picture to mean 0 and deviation 1, however dark it is, in place of `mean` and `std`. */
  standardize: z.boolean().default(false),
  /** Weight of the FER+ votes in the target, the rest being the FER label. */
  ferPlusShare: z.number().min(0).max(1).default(0),
  /** Leave out pictures that also stand in a test split, blurred copies and what is not a face. */
  cleaned: z.boolean().default(true),
  /** Weight of a label in the loss, 1 unless named; training.classWeights goes before it. */
  classWeights: z.record(z.string(), z.number().positive()).default({}),
  /** Of the Beta distribution from which the share of the other picture is drawn; 0 for no mixup. */
  mixup: z.number().nonnegative().default(0),
  ...FURTHER,
  augment: z
    .strictObject({
      flip: z.number().min(0).max(1).optional(),
      angle: z.number().nonnegative().optional(),
      scale: z.number().nonnegative().optional(),
      shift: z.number().nonnegative().optional(),
      contrast: z.number().nonnegative().optional(),
      brightness: z.number().nonnegative().optional(),
      erase: z.number().min(0).max(1).optional(),
      blur: z.number().min(0).max(1).optional(),
      noise: z.number().min(0).max(1).optional(),
    })
    .default({}),
  /**
   * Decode the training pictures anew in every epoch, in processes beside the training, in place of holding all crops
   * in memory. For pictures in files of their own: of a sheet all is decoded for each crop.
   */
  stream: z.boolean().default(false),
});

type FaceFeatures = z.infer<typeof FaceFeatures>;

/**
 * @returns `[rows, labels]`, each summing to 1, and the index of the label that counts when judging, per row
 * @throws AffektError `label`
 */
export function labelTargets(
  rows: readonly Row[],
  labels: readonly string[],
  ferPlusShare = 0,
): Pick<FaceSet, "targets" | "truth"> {
  const targets = new Float32Array(rows.length * labels.length);
  const truth = new Int32Array(rows.length);
  for (const [index, row] of rows.entries()) {
    const target = targets.subarray(index * labels.length, (index + 1) * labels.length);
    targetVector(row, labels, target);
    truth[index] = target.indexOf(Math.max(...target));
    const votes = ferPlusShare > 0 ? ferPlusDistribution(row) : undefined;
    if (votes) {
      for (const [at, label] of labels.entries()) {
        target[at] = (1 - ferPlusShare) * (target[at] as number) + ferPlusShare * (votes[label] ?? 0);
      }
    }
  }
  return { targets, truth };
}

/**
 * @param crops those of the rows, or where they come from
 * @throws AffektError `label`
 */
function faceSet(
  rows: readonly Row[],
  labels: readonly string[],
  side: number,
  crops: Pick<FaceSet, "pixels" | "stream">,
  ferPlusShare = 0,
): FaceSet {
  const subjects = numbered(rows.map(({ subject }) => subject));
  const { pixels, stream } = crops;
  return {
    pixels,
    ...(stream ? { stream } : {}),
    rows: rows.length,
    side,
    ...labelTargets(rows, labels, ferPlusShare),
    ...(subjects ? { subjects } : {}),
  };
}

/** @throws AffektError `config` if a network of fixed size is to be trained on pictures of several */
function checkSizes({ encoder }: NetworkChoice<FaceEncoderConfig>, { trainSizes, size }: FaceFeatures): void {
  if (encoder.kind !== "vgg16" || trainSizes.every((side) => side === size)) return;
  throw new AffektError(
    "config",
    `The vgg16 encoder is made for one size: features.trainSizes is ${trainSizes.join(", ")}, features.size ${size}.`,
    `Set features.trainSizes to [${size}].`,
  );
}

/** @throws AffektError `data` if all crops are the same */
function checkCrops(pixels: Uint8Array, rows: number): void {
  const alike = allAlike("pictures", "blank, or all one picture");
  const area = pixels.length / rows;
  for (let row = 0; row < rows; row++) alike.see(pixels.subarray(row * area, (row + 1) * area));
  alike.check();
}

/** The rows of all sources, wherever they lie. */
function joined(manifests: readonly Manifest[]): Pick<Manifest, "base" | "rows"> {
  const [only, ...others] = manifests;
  if (only !== undefined && others.length === 0) return only;
  const located = ({ base, rows }: Manifest): Row[] =>
    rows.map((row) => (row.image === undefined ? row : { ...row, image: joinPath(base, row.image) }));
  return { base: "", rows: manifests.flatMap(located) };
}

/** @throws AffektError `config`, `manifest`, `label`, `media` */
export async function configureFaces(
  config: TrainConfig,
  manifests: readonly Manifest[],
  media: FaceMedia,
): Promise<TrainingTask> {
  const features = parsePart(FaceFeatures, config.features, "features");
  const network = faceNetwork(config.network);
  checkSizes(network, features);
  const manifest = joined(manifests);
  const { side, ferPlusShare, cleaned } = features;
  const keep = (row: Row) => !cleaned || !ferDropped(row);
  const trainRows = samplesOf(manifest.rows, "train").rows.filter(keep);
  const validationRows = samplesOf(manifest.rows, "validation").rows;
  const { labels } = config;
  const drawn = features.stream
    ? { rows: trainRows, pixels: new Uint8Array(0), stream: cropStream(manifest, trainRows, side, media) }
    : await allCrops(manifest, trainRows, side, media);
  if (!features.stream) checkCrops(drawn.pixels, drawn.rows.length);
  const judged = await allCrops(manifest, validationRows, side, media);
  const further = furtherOf(network, features, () => furtherColumns(drawn.rows, features));
  const along = (rows: readonly Row[]) => (further ? { further: further.targets(rows) } : {});
  const train = { ...faceSet(drawn.rows, labels, side, drawn, ferPlusShare), ...along(drawn.rows) };
  const validation = { ...faceSet(judged.rows, labels, side, judged), ...along(judged.rows) };
  const shared = features.stream ? sharedSheets(trainRows) : undefined;
  const task = faceTask(train, validation, {
    labels,
    network,
    augment: defined(features.augment),
    batch: config.training.batch,
    trainSize: (epoch) => {
      const { trainSizes } = features;
      const stage = Math.floor(((epoch - 1) * trainSizes.length) / config.training.epochs);
      return trainSizes[Math.min(stage, trainSizes.length - 1)] as number;
    },
    cut: features.cut,
    size: features.size,
    ...(features.views ? { views: features.views } : {}),
    labelSmoothing: config.training.labelSmoothing,
    mean: features.mean,
    std: features.std,
    standardize: features.standardize,
    classWeights: classWeights(config.training.classWeights ?? features.classWeights, labels, train.targets),
    mixup: features.mixup,
    sampling: config.training.sampling,
    ...(further ? { further } : {}),
  });
  return shared === undefined ? task : { ...task, notes: [shared] };
}
