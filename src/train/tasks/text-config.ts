/** From manifest rows with texts to a training task. */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import type { Manifest } from "../../data/manifest.ts";
import type { Row } from "../../data/row.ts";
import { samplesOf } from "../../data/samples.ts";
import { targetVector } from "../../data/target.ts";
import { textNgrams } from "../../preprocess/text/ngrams.ts";
import { type SubwordTokenizer, subwordTokenizer, trainSubwords } from "../../preprocess/text/subwords.ts";
import { classWeights } from "../class-weights.ts";
import { parsePart, type TrainConfig } from "../config.ts";
import { numbered } from "../sampling.ts";
import type { TrainingTask } from "../task.ts";
import { FURTHER } from "./further-columns.ts";
import { furtherOf, textNetwork } from "./network-config.ts";
import { type TextSet, textTask } from "./texts.ts";

export const TextFeatures = z.strictObject({
  task: z.enum(["single", "multi"]).default("single"),
  languages: z.array(z.string().regex(/^[a-z]{2}$/)).min(1),
  maxTokens: z.int().positive().default(48),
  vocabularySize: z.int().min(256).default(16_000),
  buckets: z.int().min(2).default(131_072),
  /** Most n-grams of a text. */
  ngramLimit: z.int().positive().default(192),
  tokenDropout: z.number().min(0).lt(1).default(0.1),
  ngramDropout: z.number().min(0).lt(1).default(0.2),
  /** Exponent of each label's odds against, as its weight in the loss; 0 for none. training.classWeights goes before. */
  classWeightPower: z.number().min(0).max(1).default(0),
  /** Share of the loss that n-grams and subwords bear each by itself. */
  auxiliary: z.number().min(0).max(1).default(0),
  /** Of the Beta distribution from which the share of the other text is drawn; 0 for no mixup. */
  mixup: z.number().nonnegative().default(0),
  ...FURTHER,
});

type TextFeatures = z.infer<typeof TextFeatures>;

/** Weights never exceed this, so that a very rare label does not take over. */
const HEAVIEST = 4;

/** @throws AffektError `manifest` if the row has none */
export function textOf(row: Row): string {
  if (row.text !== undefined) return row.text;
  throw new AffektError("manifest", `Row ${row.id} has no text.`, "Train a text model on rows with text.");
}

/** @throws AffektError `manifest`, `label` */
export function textSet(
  rows: readonly Row[],
  labels: readonly string[],
  features: Pick<TextFeatures, "maxTokens" | "ngramLimit" | "buckets" | "task">,
  tokenizer: SubwordTokenizer,
): TextSet {
  const { maxTokens, ngramLimit: limit, buckets, task } = features;
  const tokens = new Int32Array(rows.length * maxTokens);
  const ngrams = new Int32Array(rows.length * limit);
  const targets = new Float32Array(rows.length * labels.length);
  for (const [index, row] of rows.entries()) {
    const text = textOf(row);
    tokens.set(tokenizer.encode(text, maxTokens), index * maxTokens);
    ngrams.set(textNgrams(text, { buckets, limit }), index * limit);
    const target = targets.subarray(index * labels.length, (index + 1) * labels.length);
    targetVector(row, labels, target);
    if (task === "single") {
      const sum = target.reduce((a, b) => a + b, 0);
      for (let at = 0; at < target.length; at++) target[at] = (target[at] as number) / sum;
    }
  }
  const subjects = numbered(rows.map(({ subject }) => subject));
  return { rows: rows.length, tokens, ngrams, targets, ...(subjects ? { subjects } : {}) };
}

/** ((1 − p) / p)^power per label, scaled to mean 1 over the rows. */
function oddsWeights({ targets, rows }: TextSet, classes: number, power: number): Float32Array {
  const share = new Float32Array(classes);
  for (let i = 0; i < targets.length; i++) share[i % classes]! += (targets[i] as number) / rows;
  const weights = share.map((p) => Math.min(HEAVIEST, ((1 - p) / Math.max(p, 1e-6)) ** power));
  const mean =
    weights.reduce((sum, weight, at) => sum + weight * (share[at] as number), 0) / share.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / mean);
}

/** @throws AffektError `config`, `manifest`, `label` */
export function configureTexts(config: TrainConfig, manifests: readonly Manifest[]): TrainingTask {
  const features = parsePart(TextFeatures, config.features, "features");
  const { labels, training } = config;
  const trainRows = manifests.flatMap((manifest) => samplesOf(manifest, "train").rows);
  const validationRows = manifests.flatMap((manifest) => samplesOf(manifest, "validation").rows);
  const model = trainSubwords(trainRows.map(textOf), { vocabularySize: features.vocabularySize });
  const tokenizer = subwordTokenizer(model);
  const network = textNetwork(config.network, { tokens: tokenizer.size, ngrams: features.buckets });
  if (features.auxiliary > 0 && network.encoder.kind !== "wide-deep") {
    throw new AffektError(
      "config",
      `features.auxiliary is ${features.auxiliary}, but the ${network.encoder.kind} encoder has only one reading.`,
      "Leave features.auxiliary out, or take the wide-deep encoder.",
    );
  }
  const further = furtherOf(network, features, trainRows);
  const set = (rows: readonly Row[]): TextSet => ({
    ...textSet(rows, labels, features, tokenizer),
    ...(further ? { further: further.targets(rows) } : {}),
  });
  const [train, validation] = [set(trainRows), set(validationRows)];
  const {
    buckets,
    ngramLimit: limit,
    classWeightPower,
    maxTokens,
    task,
    tokenDropout,
    ngramDropout,
    languages,
  } = features;
  const weights = training.classWeights
    ? classWeights(training.classWeights, labels, train.targets)
    : classWeightPower > 0
      ? oddsWeights(train, labels.length, classWeightPower)
      : undefined;
  if (further && weights && task === "multi") {
    throw new AffektError(
      "config",
      "A multi-task head over several labels a row takes no class weights.",
      "Leave out training.classWeights and features.classWeightPower.",
    );
  }
  return textTask(train, validation, {
    labels,
    languages,
    task,
    network,
    tokenizer: model,
    unknownId: tokenizer.unknownId,
    maxTokens,
    ngrams: { buckets, limit },
    batch: training.batch,
    labelSmoothing: training.labelSmoothing,
    auxiliary: features.auxiliary,
    tokenDropout,
    ngramDropout,
    mixup: features.mixup,
    sampling: training.sampling,
    ...(weights ? { classWeights: weights } : {}),
    ...(further ? { further } : {}),
  });
}
