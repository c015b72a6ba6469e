/** From trained weights to a model file with its contract. */
import type { Runtime, WritableFiles } from "../core/ports.ts";
import type { ManifestHeader } from "../data/manifest.ts";
import { inferenceModel } from "../graph/inference.ts";
import { type ContractInput } from "../recognize/contract.ts";
import { contractToMetadata } from "../recognize/contract-file.ts";
import type { TrainConfig } from "./config.ts";
import type { EpochReport } from "./epoch-report.ts";
import type { ContractPart, TrainingTask, Validation } from "./task.ts";

/** Where rows come from, and how many of them were trained on. */
export interface CountedSource {
  readonly header: ManifestHeader;
  readonly rows: number;
}

export interface ExportOptions {
  /** Path of the model file. */
  readonly path: string;
  readonly config: TrainConfig;
  readonly sources: readonly CountedSource[];
  /** Sentences that have to stand beside the scores. */
  readonly caveats: readonly string[];
  readonly manifestHash: string;
  /** Today, as `2026-01-31`. */
  readonly today: string;
  /** The command that a reader can run to get the same weights. */
  readonly command: string;
  /** What the training cost, epoch by epoch. */
  readonly history?: readonly Pick<EpochReport, "seconds">[];
}

export interface Exported {
  readonly bytes: number;
  /** Of the exported weights, in the precision they are stored in. */
  readonly validation: Validation;
}

/** What the validation rows say of a model, and the part of its contract that they decide. */
async function judged(
  task: TrainingTask,
  model: Uint8Array,
  runtime: Runtime,
  { threads }: { readonly threads: number },
): Promise<{ validation: Validation; part: ContractPart }> {
  const session = await runtime.open(model, { threads });
  try {
    return { validation: await task.validate(session), part: await task.contract(session) };
  } finally {
    await session.release();
  }
}

/** Epochs and minutes, in tenths; nothing where nothing was measured. */
function costOf(history: readonly Pick<EpochReport, "seconds">[]): { epochs?: number; minutes?: number } {
  const minutes = Math.round(history.reduce((sum, { seconds }) => sum + seconds, 0) / 6) / 10;
  return { ...(history.length > 0 ? { epochs: history.length } : {}), ...(minutes > 0 ? { minutes } : {}) };
}

/** Calibrates on the validation rows and writes. */
export async function exportModel(
  task: TrainingTask,
  weights: ReadonlyMap<string, Float32Array>,
  { runtime, files }: { readonly runtime: Runtime; readonly files: WritableFiles },
  { path, config, sources, caveats, manifestHash, today, command, history = [] }: ExportOptions,
): Promise<Exported> {
  const { precision, training, id, version } = config;
  const { validation, part } = await judged(
    task,
    inferenceModel(task.infer, weights, { precision }),
    runtime,
    training,
  );
  const contract = {
    ...part,
    contract: 1,
    id,
    version,
    licence: {
      terms: [...new Set(sources.map(({ header }) => header.licence))].join("; "),
      commercial: sources.every(({ header }) => header.terms === "permissive"),
    },
    sources: sources.map(({ header, rows }) => ({
      name: header.name,
      terms: header.licence,
      commercial: header.terms === "permissive",
      rows,
    })),
    trainingManifestHash: manifestHash,
    trained: { date: today, command, seed: training.seed, ...costOf(history) },
    ...(caveats.length > 0 ? { caveats: [...caveats] } : {}),
  } as ContractInput;
  const bytes = inferenceModel(task.infer, weights, { precision, metadata: contractToMetadata(contract) });
  await files.write(path, bytes);
  return { bytes: bytes.length, validation };
}
