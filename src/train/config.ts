/** The configuration of a training: one JSON file per model, checked before anything is read or trained. */
import { z } from "zod";
import { checkValue } from "../core/check-value.ts";
import { AffektError } from "../core/errors.ts";
import { kindsOf } from "../core/explain-issue.ts";
import { kindRecord } from "../core/kind-record.ts";
import { MODALITIES } from "../core/modality.ts";
import { FaceEncoderConfig, SpeechEncoderConfig, TextEncoderConfig } from "../encode/table.ts";
import { ClassWeights } from "./class-weights.ts";
import { SAMPLINGS } from "./sampling.ts";
import { ScheduleConfig } from "./schedule-config.ts";

/** Rows of a known data set below the data root, or of a manifest. */
const Source = z.union([
  z.strictObject({
    dataset: z.string().min(1),
    /** Cross-validation fold, where the set has folds. */
    fold: z.int().positive().optional(),
    /** Share of the rows drawn in each epoch, for speech. */
    share: z.number().positive().max(1).default(1),
  }),
  z.strictObject({ manifest: z.string().min(1), share: z.number().positive().max(1).default(1) }),
]);

const Training = z
  .strictObject({
    epochs: z.int().positive(),
    /** Stop after this epoch; schedule and picture sizes stay those of `epochs`. */
    stopAfter: z.int().positive().optional(),
    /** Rows of one batch. */
    batch: z.int().positive(),
    /** Batches whose mean gradient makes one update; without batch norm as good as a batch so many times as large. */
    accumulate: z.int().positive().default(1),
    learningRate: z.number().positive(),
    schedule: ScheduleConfig.default("one-cycle"),
    /** Share of the updates in which the rate rises. */
    warmUp: z.number().min(0).max(0.9).optional(),
    optimizer: z.enum(["adamw", "adam", "sgd"]).default("adamw"),
    /** Decoupled from the gradient: shrinks the weights by this share of the learning rate. Default 0.01; Adam has none. */
    weightDecay: z.number().nonnegative().optional(),
    /** Penalties in the gradient, which pass through its moments and clipping: l1 · |w| and l2 / 2 · w². */
    l1: z.number().nonnegative().default(0),
    l2: z.number().nonnegative().default(0),
    /** Of SGD. */
    momentum: z.number().min(0).max(1).default(0.9),
    clipNorm: z.number().positive().optional(),
    /** Share of the old value in the moving average of the weights. */
    averageDecay: z.number().min(0).lt(1).optional(),
    labelSmoothing: z.number().min(0).lt(1).default(0),
    /** Weight of each label in the loss. */
    classWeights: ClassWeights.optional(),
    /** How the rows of an epoch are drawn. */
    sampling: z.enum(SAMPLINGS).default("shuffled"),
    /** Epochs without a better score after which the training stops. */
    patience: z.int().positive().optional(),
    /**
     * Safetensors file, checkpoint or ONNX file, relative to this file, whose weights the training starts from; or the
     * configuration of a training that goes before; for a multimodal network also one file for each encoder.
     */
    start: z.union([z.string().min(1), z.partialRecord(z.enum(MODALITIES), z.string().min(1))]).optional(),
    /** Parameters whose names begin so do not train. */
    frozen: z.array(z.string().min(1)).default([]),
    /** What the learning rate is multiplied with, by beginning of the parameter's name; the longest one counts. */
    rates: z.record(z.string().min(1), z.number().nonnegative()).default({}),
    seed: z.int().nonnegative().default(1),
    threads: z.int().positive().default(2),
  })
  .refine(({ optimizer, weightDecay = 0 }) => optimizer !== "adam" || weightDecay === 0, {
    path: ["weightDecay"],
    message: "Adam has no decoupled decay: use l2 for a penalty in the gradient, or the optimizer adamw",
  });

/**
 * Options of the network. Those of one modality have a kind; fusions and networks of all modalities have theirs in
 * fields of it.
 */
export const NetworkPart = kindRecord(
  [TextEncoderConfig, FaceEncoderConfig, SpeechEncoderConfig].flatMap((table) => kindsOf(table)),
);

export const TrainConfig = z
  .strictObject({
    $schema: z.string().optional(),
    id: z.string().regex(/^[a-z][a-z0-9-]*$/, "must be lower-case letters, digits and hyphens"),
    version: z.string().regex(/^\d+\.\d+\.\d+$/),
    /**
     * `fusion`: a network over ready-made features of one or more modalities. `multimodal`: one network from text, face
     * and voice to the label.
     */
    modality: z.enum([...MODALITIES, "fusion", "multimodal"]),
    labels: z
      .array(z.string().min(1))
      .min(2)
      .refine((labels) => new Set(labels).size === labels.length, "must differ from each other"),
    data: z.array(Source).min(1),
    /** Options of the modality's preprocessing and augmentation. */
    features: z.record(z.string(), z.json()).default({}),
    network: NetworkPart.default({}),
    training: Training,
    /** Share of the training subjects to select on, taken where a data source has no validation rows of its own. */
    validationShare: z.number().positive().max(0.5).default(0.1),
    /** Trains so many models, each selected on another part of the rows that are not for testing. */
    folds: z.int().min(2).optional(),
    /** How the weights of the exported model are stored. */
    precision: z.enum(["float32", "float16", "int8"]).default("float16"),
  })
  .refine(({ modality, data }) => modality === "speech" || data.every(({ share }) => share === 1), {
    path: ["data"],
    message: "only speech draws a share of a source's rows",
  });

export type TrainConfig = z.infer<typeof TrainConfig>;
export type DataSource = TrainConfig["data"][number];

/** @throws AffektError `config`, naming every wrong field */
export function parseTrainConfig(value: unknown, name = "The configuration"): TrainConfig {
  const checked = checkValue(TrainConfig, value);
  if ("data" in checked) return checked.data;
  throw new AffektError(
    "config",
    `${name} is wrong: ${checked.problems.join("; ")}.`,
    "Correct the fields named; models/*/train.json are examples.",
  );
}

/** Options of a part of the configuration. @throws AffektError `config`, naming every wrong field */
export function parsePart<T>(schema: z.ZodType<T>, value: unknown, part: string): T {
  const checked = checkValue(schema, value, part, [part]);
  if ("data" in checked) return checked.data;
  throw new AffektError(
    "config",
    `The configuration is wrong: ${checked.problems.join("; ")}.`,
    "Correct the fields named.",
  );
}
