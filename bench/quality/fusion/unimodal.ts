/** Baselines on the same rows: logistic regression on any subset, and a pool of calibrated heads of one modality each. */
import type { Modality } from "../../../src/core/modality.ts";
import type { Manifest } from "../../../src/data/manifest.ts";
import { foldsBySubject } from "../../../src/data/split.ts";
import { fitLogLinearPool, type PoolRow } from "../../../src/fuse/fit-pool.ts";
import { logLinearPool, type PoolMember } from "../../../src/fuse/log-linear-pool.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { fitTemperature, logSoftmax } from "../../../src/recognize/calibrate.ts";
import type { TrainConfig } from "../../../src/train/config.ts";
import { packed } from "../../../src/train/tasks/feature-layout.ts";
import { featureStatistics } from "../../../src/train/tasks/feature-statistics.ts";
import { configureFusionParts, type FeaturePorts } from "../../../src/train/tasks/fusion-config.ts";
import { type FusionSet, sourcedRows } from "../../../src/train/tasks/fusion-set.ts";
import { logisticRegression } from "./logistic.ts";
import { probabilities } from "./train-network.ts";

const INNER_FOLDS = 4;

/** Standardized, cut off at ±5 and with missing numbers at the mean, as the networks see them. */
async function matrix(
  set: FusionSet,
  from: FusionSet,
  given: readonly Modality[],
): Promise<{ data: Float64Array; dim: number }> {
  const statistics = await featureStatistics(from);
  const used = packed(set.layout).places.filter(({ modality }) => given.includes(modality));
  const dim = used.reduce((sum, own) => sum + own.dim, 0);
  const data = new Float64Array(set.rows * dim);
  let row = 0;
  for await (const raw of set.read(Array(set.rows).keys())) {
    let column = 0;
    for (const { modality, dim: width, start } of used) {
      const { mean, deviation } = statistics[modality] as { mean: Float32Array; deviation: Float32Array };
      for (let at = 0; at < width; at++) {
        const value = ((raw[start + at] as number) - (mean[at] as number)) / (deviation[at] as number);
        data[row * dim + column + at] = Number.isNaN(value) ? 0 : Math.max(-5, Math.min(5, value));
      }
      column += width;
    }
    row++;
  }
  return { data, dim };
}

export interface Baselines {
  readonly truth: Int32Array;
  /** Probabilities of the test rows. */
  readonly logistic: (given: readonly Modality[]) => Promise<Float64Array>;
  readonly pool: (given: readonly Modality[]) => Float64Array;
}

/** @param l2 of every regression */
export async function baselines(
  config: TrainConfig,
  manifest: Manifest,
  l2: number,
  files: FeaturePorts["files"] = nodeFiles(),
): Promise<Baselines> {
  const { options, load } = await configureFusionParts(config, [manifest], { files });
  const { labels } = options;
  const classes = labels.length;
  const rows = sourcedRows([manifest], "train");
  const [train, test] = [await load(rows), await load(sourcedRows([manifest], "test"))];
  const modalities = train.layout.map(({ modality }) => modality);

  async function fit(from: FusionSet, to: FusionSet, given: readonly Modality[]): Promise<Float32Array> {
    const { data, dim } = await matrix(from, from, given);
    return logisticRegression(data, from.truth, { dim, classes, l2 }).logits((await matrix(to, from, given)).data);
  }

  // Calibrated, and weighed, on training subjects that a head has not seen.
  const folds = foldsBySubject(
    rows.map(({ row }) => row),
    INNER_FOLDS,
    { seed: config.training.seed },
  );
  const outside = new Map(modalities.map((modality) => [modality, new Float32Array(train.rows * classes)]));
  for (let fold = 0; fold < INNER_FOLDS; fold++) {
    const held = [...folds.keys()].filter((row) => folds[row] === fold);
    const inner = await load(rows.filter((_, row) => folds[row] !== fold));
    const outer = await load(held.map((row) => rows[row] as (typeof rows)[number]));
    for (const modality of modalities) {
      const logits = await fit(inner, outer, [modality]);
      for (const [at, row] of held.entries()) {
        outside.get(modality)?.set(logits.subarray(at * classes, (at + 1) * classes), row * classes);
      }
    }
  }
  const prior = Float64Array.from(labels, (_, label) => train.truth.filter((own) => own === label).length);
  const answers = await Promise.all(modalities.map((modality) => fit(train, test, [modality])));
  const heads = modalities.map((modality, at) => {
    const held = outside.get(modality) as Float32Array;
    const temperature = fitTemperature(held, train.truth);
    const member = (logits: Float32Array, row: number): PoolMember => ({
      labels,
      logProbabilities: logSoftmax(logits.subarray(row * classes, (row + 1) * classes), temperature),
      prior,
    });
    return { modality, held, member, test: answers[at] as Float32Array };
  });
  const members = (row: number, of: "held" | "test", given: readonly Modality[]): PoolRow["members"] =>
    Object.fromEntries(
      heads
        .filter(({ modality }) => given.includes(modality))
        .map((head) => [head.modality, head.member(head[of], row)]),
    );
  const { weights, independence } = fitLogLinearPool(
    Array.from(train.truth, (label, row) => ({
      members: members(row, "held", modalities),
      truth: labels[label] as string,
    })),
  );
  return {
    truth: test.truth,
    logistic: async (given) => probabilities(await fit(train, test, given), classes),
    pool(given) {
      const out = new Float64Array(test.rows * classes);
      for (let row = 0; row < test.rows; row++) {
        out.set(logLinearPool(members(row, "test", given), { weights, independence }).probabilities, row * classes);
      }
      return out;
    },
  };
}
