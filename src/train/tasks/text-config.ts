/** From manifest rows with texts to a training task. */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import type { Row } from "../../data/row.ts";
import { textReads } from "../../encode/table.ts";
import { subwordTokenizer, subwordTrainer } from "../../preprocess/text/subwords.ts";
import { classWeightsOf } from "../class-weights.ts";
import { parsePart, type TrainConfig } from "../config.ts";
import type { TrainingTask } from "../task.ts";
import { FURTHER, furtherCollector } from "./further-columns.ts";
import { furtherOf, textNetwork } from "./network-config.ts";
import { type TextSet, type TextSetPorts, textOf, textSetWriter } from "./text-set.ts";
import { textTask } from "./texts.ts";

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

/** Weights never exceed this, so that a very rare label does not take over. */
const HEAVIEST = 4;

/** ((1 − p) / p)^power per label, scaled to mean 1 over the rows. */
async function oddsWeights({ rows, read }: TextSet, classes: number, power: number): Promise<Float32Array> {
  const share = new Float32Array(classes);
  for await (const { targets } of read(new Int32Array(rows).keys())) {
    for (const [label, own] of targets.entries()) share[label]! += own / rows;
  }
  const weights = share.map((p) => Math.min(HEAVIEST, ((1 - p) / Math.max(p, 1e-6)) ** power));
  const mean =
    weights.reduce((sum, weight, at) => sum + weight * (share[at] as number), 0) / share.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / mean);
}

/** Rows of a source, which can be gone over more than once. */
export interface RowSource {
  readonly rows: Iterable<Row> | AsyncIterable<Row>;
  /** As `rows`, for the last time, where what has passed by may go. */
  take?(): AsyncIterable<Row>;
}

async function* rowsOf(sources: readonly RowSource[]): AsyncGenerator<Row> {
  for (const { rows } of sources) yield* rows;
}

async function* takenFrom(sources: readonly RowSource[]): AsyncGenerator<Row> {
  for (const source of sources) yield* source.take?.() ?? source.rows;
}

/** `zh` of `zh-Hant-TW`. */
function primarySubtag(language: string): string {
  return (language.split(/[-_]/u)[0] as string).toLowerCase();
}

/**
 * A recognizer would ask the model about texts that it has never seen the like of.
 *
 * @param spoken languages of the training rows; a row that says none may be in any
 * @throws AffektError `config`
 */
function checkLanguages(wanted: readonly string[], spoken: ReadonlySet<string | undefined>): void {
  if (spoken.size === 0 || spoken.has(undefined) || wanted.some((language) => spoken.has(language))) return;
  const found = [...spoken].flatMap((language) => language ?? []).sort();
  throw new AffektError(
    "config",
    `No training row is in a language of features.languages, ${wanted.join(", ")}; the rows are in ${found.join(", ")}.`,
    `Set features.languages to ${JSON.stringify(found)}: a recognizer asks the model about texts in these.`,
  );
}

/** @throws AffektError `config`, `manifest`, `label`, `data`, `file` */
export async function configureTexts(
  config: TrainConfig,
  sources: readonly RowSource[],
  ports: TextSetPorts,
): Promise<TrainingTask> {
  const features = parsePart(TextFeatures, config.features, "features");
  const { labels, training } = config;
  const subwords = subwordTrainer(features);
  const columns = furtherCollector(features);
  const spoken = new Set<string | undefined>();
  for await (const row of rowsOf(sources)) {
    if (row.split !== "train") continue;
    subwords.add(textOf(row));
    columns.see(row);
    spoken.add(row.language === undefined ? undefined : primarySubtag(row.language));
  }
  checkLanguages(features.languages, spoken);
  const model = subwords.finish();
  const tokenizer = subwordTokenizer(model);
  const network = textNetwork(config.network, { tokens: tokenizer.size, ngrams: features.buckets });
  if (features.auxiliary > 0 && network.encoder.kind !== "wide-deep") {
    throw new AffektError(
      "config",
      `features.auxiliary is ${features.auxiliary}, but the ${network.encoder.kind} encoder has only one reading.`,
      "Leave features.auxiliary out, or take the wide-deep encoder.",
    );
  }
  const further = furtherOf(network, features, columns.finish);
  const made = { ...features, labels, tokenizer, reads: textReads(network.encoder), further };
  const writers = { train: textSetWriter(made, ports, true), validation: textSetWriter(made, ports, false) };
  for await (const row of takenFrom(sources)) {
    if (row.split === "train" || row.split === "validation") await writers[row.split].add(row);
  }
  const [train, validation] = [await writers.train.finish(), await writers.validation.finish()];
  train.alike.check();
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
    ? classWeightsOf(training.classWeights, labels, train.mass)
    : classWeightPower > 0
      ? await oddsWeights(train, labels.length, classWeightPower)
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
