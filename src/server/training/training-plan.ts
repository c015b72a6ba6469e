/** A training's configuration with sensible defaults, from a few choices and what the manifest holds. */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import { NetworkPart, parseTrainConfig, type TrainConfig } from "../../train/config.ts";
import type { CheckedManifest } from "./manifest-shelf.ts";

export const SIZES = ["small", "medium", "large"] as const;
export type Size = (typeof SIZES)[number];

const Part = z.record(z.string(), z.json());

/** What an operator may change beside the choices: nothing that names a file. */
export const Advanced = z.strictObject({
  features: Part.optional(),
  network: NetworkPart.optional(),
  training: Part.refine(
    (own) => !("start" in own),
    "training.start names a file: train on the command line",
  ).optional(),
  validationShare: z.number().positive().max(0.5).optional(),
  precision: z.enum(["float32", "float16", "int8"]).optional(),
});
export type Advanced = z.infer<typeof Advanced>;

export interface Choices {
  readonly modality: Modality;
  readonly labels: readonly string[];
  readonly epochs: number;
  readonly size: Size;
}

type Json = z.infer<typeof Part>;

const FEATURES: Readonly<Record<Modality, Readonly<Record<Size, Json>>>> = {
  text: {
    small: { maxTokens: 40, vocabularySize: 2000, buckets: 8192, ngramLimit: 64 },
    medium: { maxTokens: 40, vocabularySize: 8000, buckets: 65_536, ngramLimit: 128 },
    large: { maxTokens: 48, vocabularySize: 16_000, buckets: 131_072, ngramLimit: 192 },
  },
  face: { small: {}, medium: {}, large: {} },
  speech: { small: {}, medium: {}, large: {} },
};

const NETWORKS: Readonly<Record<Modality, Readonly<Record<Size, Json>>>> = {
  text: {
    small: { tokenDim: 32, hidden: 32, heads: 2 },
    medium: { tokenDim: 64, hidden: 64, heads: 4 },
    large: { tokenDim: 128, hidden: 128, heads: 4 },
  },
  face: {
    small: { channels: [16, 32, 48, 64] },
    medium: { channels: [32, 64, 96, 128] },
    large: { channels: [32, 64, 128, 192] },
  },
  speech: {
    small: { channels: [8, 16, 32], width: 48 },
    medium: { channels: [16, 32, 64], width: 96 },
    large: { channels: [16, 32, 96], width: 128 },
  },
};

const EPOCHS: Readonly<Record<Modality, number>> = { text: 6, face: 16, speech: 40 };
const RATES: Readonly<Record<Modality, number>> = { text: 0.003, face: 0.0012, speech: 0.002 };
/** Below this many rows a text needs more turns. */
const FEW_ROWS = 2_000;
const MOST_IN_BATCH = 64;

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** @returns what is offered; undefined if the rows have nothing to train on, or fewer than two labels */
export function suggest({ modalities, labels, rows }: CheckedManifest): Choices | undefined {
  const modality = [...MODALITIES].sort((a, b) => modalities[b] - modalities[a])[0] ?? "text";
  const names = Object.keys(labels).sort();
  if (modalities[modality] === 0 || names.length < 2) return undefined;
  return {
    modality,
    labels: names,
    epochs: modality === "text" && rows < FEW_ROWS ? 10 : EPOCHS[modality],
    size: rows < FEW_ROWS ? "small" : "medium",
  };
}

/** @throws AffektError `config` if what is advanced does not fit; `data` if a label has no row */
export function planTraining(id: string, choices: Choices, checked: CheckedManifest, advanced: Advanced): TrainConfig {
  const { modality, labels, epochs, size } = choices;
  const missing = labels.filter((label) => checked.labels[label] === undefined);
  if (missing.length > 0) {
    throw new AffektError("data", `No row has the label ${missing.join(", ")}.`, "Choose labels that rows have.");
  }
  const rows = labels.reduce((sum, label) => sum + total(checked.labels[label] ?? {}), 0);
  return parseTrainConfig({
    id,
    version: "0.1.0",
    modality,
    labels,
    data: [{ manifest: "rows.jsonl" }],
    features: {
      ...FEATURES[modality][size],
      ...(modality === "text" ? { languages: Object.keys(checked.languages).sort() } : {}),
      ...advanced.features,
    },
    // The defaults are those of one kind of network: another one has its own.
    network: { ...(advanced.network?.kind === undefined ? NETWORKS[modality][size] : {}), ...advanced.network },
    training: {
      epochs,
      batch: Math.max(8, Math.min(MOST_IN_BATCH, Math.round(rows / 16))),
      learningRate: RATES[modality],
      clipNorm: 5,
      classWeights: "square-root",
      threads: 1,
      ...advanced.training,
    },
    ...(advanced.validationShare === undefined ? {} : { validationShare: advanced.validationShare }),
    ...(advanced.precision === undefined ? {} : { precision: advanced.precision }),
  });
}
