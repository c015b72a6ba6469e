/** A network on opinions of MOSI's transcripts: what they are made of and how long it trains, chosen on training films. */

import type { Manifest } from "../../../src/data/manifest.ts";
import type { FusionConfig } from "../../../src/fuse/table.ts";
import type { TrainConfig } from "../../../src/train/config.ts";
import type { FeaturePorts } from "../../../src/train/tasks/fusion-config.ts";
import { withFold } from "../../../src/train/validation-split.ts";
import { npyBytes } from "../../../test/support/npy.ts";
import { inMemory } from "./in-memory.ts";
import { type Opinions, transcriptOpinions } from "./opinions.ts";
import { sizeOf, trainNetwork, varied } from "./train-network.ts";

/** Text model of Ekman's seven, trained on GoEmotions only. */
const EKMAN = "models/text-en/model.onnx";
/** Passes over the training films to choose from. */
const PASSES = [10, 20, 30];
export const ON_OPINIONS: FusionConfig = { kind: "linear", dim: 16 };
export const FOLDS = 4;

export interface OnOpinions {
  /** With opinions in place of the features of the release. */
  readonly manifest: Manifest;
  /** A row of the manifest each. */
  readonly opinions: Opinions;
  readonly files: FeaturePorts["files"];
}

/** Of the rows that are not for testing, in the order of the manifest. */
export interface HeldOut {
  readonly truth: Int32Array;
  /** Log-odds of `positive` that a network gives each which was trained on other films. */
  readonly odds: Float64Array;
  /** The same over the size of the network's logits on its training rows. */
  readonly evened: Float64Array;
}

export interface Tried {
  /** Paths of text models, whose scores are among the opinions. */
  readonly models: readonly string[];
  readonly on: OnOpinions;
  readonly passes: number;
  /** Mean negative log-likelihood on training films held out, in nats. */
  readonly loss: number;
  readonly accuracy: number;
}

async function opinionsOf(manifest: Manifest, root: string, models: readonly string[]): Promise<OnOpinions> {
  const opinions = await transcriptOpinions(manifest.rows, root, models);
  const bytes = npyBytes(opinions.data, [manifest.rows.length, opinions.dim]);
  const rows = manifest.rows.map((row, at) => ({ ...row, features: { text: `opinions.npy#row=${at}` } }));
  return { manifest: { ...manifest, rows, base: "" }, opinions, files: inMemory(async () => bytes) };
}

/** @param seed of the folds and of the networks */
export async function heldOut(
  config: TrainConfig,
  { manifest, files }: OnOpinions,
  passes: number,
  seed: number,
): Promise<HeldOut> {
  const settings = varied(config, { fusion: ON_OPINIONS, seed, features: { passes } });
  const all = manifest.rows.length;
  const [truth, odds, evened] = [new Int32Array(all), new Float64Array(all), new Float64Array(all)];
  for (let fold = 1; fold <= FOLDS; fold++) {
    const [split = manifest] = withFold([manifest], fold, FOLDS, seed);
    const network = await trainNetwork(settings, split, files);
    const logits = await network.logits(["text"], "validation");
    const size = sizeOf(await network.logits(["text"], "train"));
    const held = [...split.rows.keys()].filter((row) => split.rows[row]?.split === "validation");
    for (const [at, row] of held.entries()) {
      truth[row] = network.truths.validation[at] as number;
      odds[row] = (logits[2 * at + 1] as number) - (logits[2 * at] as number);
      evened[row] = (odds[row] as number) / size;
    }
    await network.close();
  }
  const known = (_: number, row: number): boolean => manifest.rows[row]?.split !== "test";
  return { truth: truth.filter(known), odds: odds.filter(known), evened: evened.filter(known) };
}

/** Mean negative log-likelihood, in nats, and the share of rows that are right. */
export function judge(odds: Float64Array, truth: Int32Array): { readonly loss: number; readonly accuracy: number } {
  let [loss, right] = [0, 0];
  for (const [row, value] of odds.entries()) {
    const against = truth[row] === 1 ? -value : value;
    loss += Math.log1p(Math.exp(against)) / truth.length;
    if (against < 0) right++;
  }
  return { loss, accuracy: right / truth.length };
}

/** @param sentiment path of a model for negative, neutral and positive */
export async function tryOpinions(
  config: TrainConfig,
  manifest: Manifest,
  root: string,
  sentiment: string,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const models of [[EKMAN], [sentiment], [EKMAN, sentiment]]) {
    const on = await opinionsOf(manifest, root, models);
    for (const passes of PASSES) {
      const { odds, truth } = await heldOut(config, on, passes, 1);
      tried.push({ models, on, passes, ...judge(odds, truth) });
    }
  }
  return tried;
}

/** `text-en and sentiment, 20 passes: loss 0.480, accuracy 77.3`. */
export function toldOf({ models, passes, loss, accuracy }: Tried): string {
  const names = models.map((path) => (path === EKMAN ? "text-en" : "sentiment")).join(" and ");
  return `${names}, ${passes} passes: loss ${loss.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(1)}`;
}

export function describeModels(models: readonly string[]): string {
  const ekman = "models/text-en, which was trained on GoEmotions only";
  const sentiment =
    "a network for negative, neutral and positive, trained on the 28 labels of GoEmotions and on XED (bench/quality/fusion/sentiment.json)";
  return models.map((path) => (path === EKMAN ? ekman : sentiment)).join(", and of ");
}
