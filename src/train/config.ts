/** The configuration of a training: one JSON file per model, checked before anything is read or trained. */
import { z } from "zod";
import { AffektError } from "../core/errors.ts";
import { MODALITIES } from "../core/modality.ts";

/** Rows of a known data set below the data root, or of a manifest. */
const Source = z.union([
  z.strictObject({
    dataset: z.string().min(1),
    /** Cross-validation fold, where the set has folds. */
    fold: z.int().positive().optional(),
    /** Share of the rows drawn in each epoch. */
    share: z.number().positive().max(1).default(1),
  }),
  z.strictObject({ manifest: z.string().min(1), share: z.number().positive().max(1).default(1) }),
]);

const Training = z.strictObject({
  epochs: z.int().positive(),
  batch: z.int().positive(),
  learningRate: z.number().positive(),
  schedule: z.enum(["constant", "cosine", "one-cycle"]).default("one-cycle"),
  warmUp: z.number().min(0).max(0.9).optional(),
  optimizer: z.enum(["adamw", "sgd"]).default("adamw"),
  weightDecay: z.number().nonnegative().default(0.01),
  /** Of SGD. */
  momentum: z.number().min(0).max(1).default(0.9),
  clipNorm: z.number().positive().optional(),
  /** Share of the old value in the moving average of the weights. */
  averageDecay: z.number().min(0).lt(1).optional(),
  labelSmoothing: z.number().min(0).lt(1).default(0),
  patience: z.int().positive().optional(),
  seed: z.int().nonnegative().default(1),
  threads: z.int().positive().default(2),
});

export const TrainConfig = z.strictObject({
  $schema: z.string().optional(),
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, "must be lower-case letters, digits and hyphens"),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  modality: z.enum(MODALITIES),
  labels: z.array(z.string().min(1)).min(2),
  data: z.array(Source).min(1),
  /** Options of the modality's preprocessing and augmentation. */
  features: z.record(z.string(), z.json()).default({}),
  network: z.record(z.string(), z.json()).default({}),
  training: Training,
  /** How the weights of the exported model are stored. */
  precision: z.enum(["float32", "float16", "int8"]).default("float16"),
});

export type TrainConfig = z.infer<typeof TrainConfig>;
export type DataSource = TrainConfig["data"][number];

/** @throws AffektError `config`, naming every wrong field */
export function parseTrainConfig(value: unknown, name = "configuration"): TrainConfig {
  const parsed = TrainConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "file"}: ${issue.message}`);
  throw new AffektError(
    "config",
    `The ${name} is wrong: ${problems.join("; ")}.`,
    "Correct the fields named; models/*/train.json are examples.",
  );
}

/** Options of a part of the configuration. @throws AffektError `config`, naming every wrong field */
export function parsePart<T>(schema: z.ZodType<T>, value: unknown, part: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${[part, ...issue.path].join(".")}: ${issue.message}`);
  throw new AffektError("config", `The configuration is wrong: ${problems.join("; ")}.`, "Correct the fields named.");
}
