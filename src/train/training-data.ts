/** The rows of a training, for whichever part of it asks, whether they are held or pass by. */
import { caveatsOf } from "../data/caveats.ts";
import type { Manifest, ManifestHeader } from "../data/manifest.ts";
import type { Problem } from "../data/row.ts";
import type { TrainConfig } from "./config.ts";
import type { CountedSource } from "./export-model.ts";
import { type UncoveredLabels, uncoveredLabels } from "./label-cover.ts";
import { loadSources, manifestHash, type SourceOptions } from "./sources.ts";
import type { TrainingTask } from "./task.ts";
import { configureTask, type TaskPorts } from "./tasks/configure.ts";
import { withFold, withValidation } from "./validation-split.ts";

/** Rows with their splits. */
export interface SplitData {
  readonly sources: readonly CountedSource[];
  /** @throws AffektError `data` if the training rows have fewer than two labels */
  uncovered(): UncoveredLabels;
  /**
   * @param last whether no other task will be configured from these data, so that they may let go of their rows
   * @throws AffektError `config`, `manifest`, `label`, `media`
   */
  configure(ports: TaskPorts, last: boolean): Promise<TrainingTask>;
}

export interface TrainingData {
  /** Hash of all rows before they are split, so that a checkpoint and a model name the data they saw. */
  readonly hash: string;
  readonly caveats: readonly string[];
  /** What was left out, and why. */
  readonly problems: readonly Problem[];
  /** With rows to select on. @throws AffektError `data` if a subject would stand in two splits */
  validated(): Promise<SplitData>;
  /** @param fold counted from 1. @throws AffektError `data` if a subject would stand in two splits */
  folded(fold: number): Promise<SplitData>;
}

/** How many rows of each source are trained on. */
export function countedSources(
  data: readonly { readonly header: ManifestHeader; readonly rows: Manifest["rows"] }[],
): CountedSource[] {
  return data.map(({ header, rows }) => ({ header, rows: rows.filter(({ split }) => split === "train").length }));
}

/** @throws AffektError `file`, `usage`, `manifest`; `config` if a source is named twice */
export async function heldData(config: TrainConfig, options: SourceOptions, ports: TaskPorts): Promise<TrainingData> {
  const { manifests, problems } = await loadSources(config, options, ports.files);
  const { labels, folds = 0, validationShare, training } = config;
  const split = (data: readonly Manifest[]): SplitData => ({
    sources: countedSources(data),
    uncovered: () => uncoveredLabels(labels, data),
    configure: (own) => configureTask(config, data, own),
  });
  return {
    hash: manifestHash(manifests, ports.sha256),
    caveats: caveatsOf(manifests),
    problems,
    validated: async () => split(withValidation(manifests, validationShare, training.seed)),
    folded: async (fold) => split(withFold(manifests, fold, folds, training.seed)),
  };
}
