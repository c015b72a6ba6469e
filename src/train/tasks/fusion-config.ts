/** From manifest rows of ready-made features to the training task of a fusion network. */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES } from "../../core/modality.ts";
import type { Files } from "../../core/ports.ts";
import type { Manifest } from "../../data/manifest.ts";
import { FusionConfig } from "../../fuse/table.ts";
import { HELD_BYTES } from "../bounded-reader.ts";
import { classWeights } from "../class-weights.ts";
import { parsePart, type TrainConfig } from "../config.ts";
import type { TrainingTask } from "../task.ts";
import { type FoundFeatures, findFeatures, npyOpener, type SourcedRow } from "./feature-rows.ts";
import { featureStatistics, standardizedBySubject } from "./feature-statistics.ts";
import { FURTHER } from "./further-columns.ts";
import { fusedHead, HEAD } from "./fused-head.ts";
import { type FusionSet, fusionSet, sourcedRows } from "./fusion-set.ts";
import { type FusionTaskOptions, fusionTask } from "./fusions.ts";

const size = z.int().positive();
const share = z.number().min(0).lt(1);

export const FusionFeatures = z.strictObject({
  /** Those that the network knows. Default: all that the rows have. */
  modalities: z.array(z.enum(MODALITIES)).min(1).optional(),
  /**
   * `training`: by mean and deviation of the training rows. `subject`: before that, by those of all rows of the same
   * subject; at recognition as well, which needs several samples of a person and none of his labels.
   */
  normalization: z.enum(["training", "subject"]).default("training"),
  /** Share of the modalities hidden from a sample in training, so that a missing one is nothing unusual. */
  modalityDropout: z.number().min(0).max(1).default(0.2),
  /**
   * Share of the utterances of a conversation that are hidden whole in training, so that they must be told from their
   * neighbours: where its own features almost give an utterance's label away, nothing else would be learnt.
   */
  utteranceDropout: share.default(0),
  /** Most rows of a conversation (the rows of a subject) in one sample; 1: every row stands alone. */
  utterances: size.default(1),
  /** Extra field by which the rows of a conversation are ordered. */
  order: z.string().min(1).default("turn"),
  ...FURTHER,
  /**
   * Of the Beta distribution from which the share of the other sample is drawn; 0 for no mixup. A mixture has the
   * modalities that both have.
   */
  mixup: z.number().nonnegative().default(0),
  /** Times that an epoch goes through the rows: few rows make epochs that are not worth judging one by one. */
  passes: size.default(1),
  score: z.enum(["accuracy", "uar", "macroF1"]).default("accuracy"),
});

export const FusionNetwork = z.strictObject({
  fusion: FusionConfig,
  head: HEAD,
  headSteps: size.default(4),
  inputDropout: share.default(0.2),
  /** Weight of the loss that a fusion has of its own. */
  auxiliary: z.number().nonnegative().default(0.1),
  /** What reads an utterance in the light of its neighbours; needs `features.utterances`. */
  context: z
    .strictObject({
      kind: z.enum(["gru", "lstm", "transformer", "mean"]),
      place: z.enum(["before", "after"]).default("after"),
      hidden: size.default(32),
      layers: size.default(1),
      direction: z.enum(["forward", "both"]).default("both"),
      heads: size.default(4),
      reach: size.default(3),
      dropout: share.default(0.3),
    })
    .optional(),
});

function sameLayout(train: FusionSet, validation: FusionSet): void {
  const text = ({ layout }: FusionSet): string =>
    layout
      .map(({ modality, dim, steps }) => `${modality} ${steps === undefined ? "" : `${steps} × `}${dim}`)
      .join(", ");
  if (text(train) === text(validation)) return;
  throw new AffektError(
    "data",
    `Training rows have the features ${text(train)}; the others ${text(validation)}.`,
    "Use features of one kind, and name those that both have in features.modalities.",
  );
}

/** @throws AffektError `config` if context before the fusion would meet sequences, which it does not read */
function checkPlace(context: z.infer<typeof FusionNetwork>["context"], { layout }: FusionSet): void {
  const sequences = layout.filter(({ steps }) => steps !== undefined).map(({ modality }) => modality);
  if (context?.place !== "before" || sequences.length === 0) return;
  throw new AffektError(
    "config",
    `network.context.place is "before", which reads vectors; the features of ${sequences.join(", ")} are sequences.`,
    'Set network.context.place to "after", or use vectors.',
  );
}

export interface FeaturePorts {
  readonly files: Pick<Files, "readBytes" | "readRange">;
  /** Bytes of features that may be held in memory. Default `HELD_BYTES`. */
  readonly heldBytes?: number;
}

export interface ConfiguredFusion {
  readonly task: TrainingTask;
  readonly options: FusionTaskOptions;
  /** The most bytes of features that were ever held. */
  readonly held: () => number;
  /** Rows for another purpose, as the network wants them: `fusionLogits(session, await load(rows), options)`. */
  readonly load: (rows: readonly SourcedRow[]) => Promise<FusionSet>;
}

/** @throws AffektError `config`, `manifest`, `label`, `data`, `file` */
export async function configureFusionParts(
  config: TrainConfig,
  manifests: readonly Manifest[],
  { files, heldBytes = HELD_BYTES }: FeaturePorts,
): Promise<ConfiguredFusion> {
  const features = parsePart(FusionFeatures, config.features, "features");
  const { head, ...network } = parsePart(FusionNetwork, config.network, "network");
  const { labels, training } = config;
  const { modalities, utterances, order, normalization } = features;
  const trainRows = sourcedRows(manifests, "train");
  const { further, ...answering } = fusedHead(
    head,
    labels.length,
    features,
    trainRows.map(({ row }) => row),
  );
  if (network.context !== undefined && utterances === 1) {
    throw new AffektError(
      "config",
      "network.context reads conversations, but features.utterances is 1.",
      "Set features.utterances to the most rows of one conversation, such as 32.",
    );
  }
  if (features.utteranceDropout > 0 && network.context === undefined) {
    throw new AffektError(
      "config",
      "features.utteranceDropout hides utterances from themselves, but nothing reads their neighbours.",
      "Add network.context, or leave features.utteranceDropout out.",
    );
  }
  const open = npyOpener(files);
  const find = (rows: readonly SourcedRow[]) => findFeatures(rows, modalities ?? MODALITIES, open);
  async function load(rows: readonly SourcedRow[], found: FoundFeatures, budget: number): Promise<FusionSet> {
    const raw = { labels, utterances, order, ...(modalities ? { modalities } : {}) };
    const along = further ? { further: further.targets(rows.map(({ row }) => row)) } : {};
    const set = { ...fusionSet(rows, found, raw, budget), ...along };
    return normalization === "subject" ? standardizedBySubject(set) : set;
  }
  const validationRows = sourcedRows(manifests, "validation");
  const found = { train: await find(trainRows), validation: await find(validationRows) };
  // Each has the share of the budget that it is of all.
  const all = found.train.bytes + found.validation.bytes;
  const budgetOf = ({ bytes }: FoundFeatures): number => (all <= heldBytes ? bytes : (heldBytes * bytes) / all);
  const train = await load(trainRows, found.train, budgetOf(found.train));
  const validation = await load(validationRows, found.validation, budgetOf(found.validation));
  sameLayout(train, validation);
  checkPlace(network.context, train);
  const { context, ...rest } = network;
  const options: FusionTaskOptions = {
    labels,
    network: {
      ...rest,
      ...(context ? { context } : {}),
      layout: train.layout,
      statistics: await featureStatistics(train),
      ...answering,
      utterances,
    },
    batch: training.batch,
    passes: features.passes,
    sampling: training.sampling,
    labelSmoothing: training.labelSmoothing,
    ...(training.classWeights ? { classWeights: classWeights(training.classWeights, labels, train.targets) } : {}),
    modalityDropout: features.modalityDropout,
    utteranceDropout: features.utteranceDropout,
    auxiliary: network.auxiliary,
    mixup: features.mixup,
    ...(further ? { further } : {}),
    score: features.score,
    normalization,
    order,
  };
  return {
    task: fusionTask(train, validation, options),
    options,
    held: () => train.held().most + validation.held().most,
    load: async (rows) => load(rows, await find(rows), heldBytes),
  };
}

/** @throws AffektError `config`, `manifest`, `label`, `data`, `file` */
export async function configureFusion(
  config: TrainConfig,
  manifests: readonly Manifest[],
  ports: FeaturePorts,
): Promise<TrainingTask> {
  return (await configureFusionParts(config, manifests, ports)).task;
}
