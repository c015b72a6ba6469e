/**
 * A network over ready-made features: standardize → (context over a conversation) → fuse → (context) → head. Statistics
 * of the training rows are constants in the graph, so that a model file is fed what the manifest holds.
 *
 * Context is what bc-LSTM (Poria et al. 2017) and its followers add to fusion: an utterance is read in the light of those
 * before and after it.
 */

import { AffektError } from "../../core/errors.ts";
import type { Modality, PerModality } from "../../core/modality.ts";
import { type FusionConfig, fusionOf } from "../../fuse/table.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { transformerLayer } from "../../graph/layers/attention.ts";
import { linear } from "../../graph/layers/dense.ts";
import { gru, lstm } from "../../graph/layers/recurrent.ts";
import { dropout } from "../../graph/ops/activation.ts";
import { divRaw, mulRaw, subRaw, sumRaw } from "../../graph/ops/arithmetic.ts";
import { matmul } from "../../graph/ops/matmul.ts";
import { concat, reshape, reshapeRaw, sliceRaw } from "../../graph/ops/reshape.ts";
import { keepWhere } from "../../graph/ops/select.ts";
import type { FeatureLayout } from "./feature-layout.ts";
import type { FeatureStatistics } from "./feature-statistics.ts";
import { answerOf, type FusedHead } from "./fused-head.ts";
import type { MultiTaskNet } from "./multi-task-net.ts";

interface ContextOptions {
  /** `mean`: the mean of the neighbours within reach and that of the whole stretch, with nothing to learn in it. */
  readonly kind: "gru" | "lstm" | "transformer" | "mean";
  /** Before fusion on each modality alone, or after it on the fused vector. */
  readonly place: "before" | "after";
  /** Units; per direction where recurrent. */
  readonly hidden: number;
  readonly layers: number;
  /** Of the recurrent kinds. */
  readonly direction: "forward" | "both";
  /** Of the transformer. */
  readonly heads: number;
  /** Of the mean: utterances on each side. */
  readonly reach: number;
  readonly dropout: number;
}

export interface FusionNetOptions {
  readonly layout: readonly FeatureLayout[];
  readonly statistics: PerModality<FeatureStatistics>;
  readonly fusion: FusionConfig;
  readonly head: FusedHead;
  /** Equal parts of the fused vector that a head for sequences reads as one. */
  readonly headSteps: number;
  readonly context?: ContextOptions;
  /** Rows of a sample. */
  readonly utterances: number;
  /** Share of the features that are dropped in training. */
  readonly inputDropout: number;
}

export interface FusionNet {
  /** `[rows, labels]`. */
  readonly logits: Node;
  /** What the head reads, `[rows, width]`. */
  readonly embedding: Node;
  /** Share of each modality, where the fusion tells. */
  readonly weights?: Node;
  /** To be added to the loss. */
  readonly auxiliary?: Node;
  /** With a multi-task head. */
  readonly multiTask?: MultiTaskNet;
}

/** Standardized features are cut off here: a feature far outside what training saw shall not decide alone. */
const FURTHEST = 5;

/** Names of the graph's inputs. */
export const inputNames = (modality: Modality) => ({ features: modality, steps: `${modality}Steps` });

function standardize(raw: Node, { mean, deviation }: FeatureStatistics): Node {
  const { graph } = raw;
  const constant = (data: Float32Array): Node => graph.constant(data, [data.length]);
  const z = divRaw(subRaw(raw, constant(mean)), constant(deviation));
  const near = graph.one("Clip", [z, graph.scalar(-FURTHEST), graph.scalar(FURTHEST)], z.shape);
  // A missing number is taken for the mean.
  const missing = graph.one("IsNaN", [raw], raw.shape, {}, "bool");
  return graph.one("Where", [missing, graph.scalar(0), near], raw.shape);
}

/** Means of the other utterances within reach, `[samples, utterances, dim]`; of all of them if `reach` is undefined. */
function neighbourMeans(states: Node, mask: Node, reach?: number): Node {
  const { graph } = states;
  const [samples = 0, utterances = 0] = states.shape;
  const near = new Float32Array(utterances * utterances);
  for (let at = 0; at < near.length; at++) {
    const distance = Math.abs(Math.floor(at / utterances) - (at % utterances));
    near[at] = reach === undefined || (distance > 0 && distance <= reach) ? 1 : 0;
  }
  const band = graph.constant(near, [1, utterances, utterances]);
  const counted = mulRaw(band, reshapeRaw(mask, [samples, 1, utterances]));
  const total = graph.one("Max", [sumRaw(counted, [2], true), graph.scalar(1)], [samples, utterances, 1]);
  return matmul(divRaw(counted, total), states);
}

/** `[rows, dim]` → `[rows, dim + width]`: the vectors, and what the conversation around them adds. */
function withContext(name: string, x: Node, mask: Node, options: ContextOptions, utterances: number): Node {
  const { kind, hidden, layers, direction, heads, dropout: share } = options;
  const [rows = 0, dim = 0] = x.shape;
  const samples = rows < 0 ? rows : rows / utterances;
  let states = reshape(x, [samples, utterances, dim]);
  return x.graph.within(name, () => {
    if (kind === "mean") {
      states = dropout(states, share);
      states = concat([neighbourMeans(states, mask, options.reach), neighbourMeans(states, mask)], 2);
    } else if (kind === "transformer") {
      const open = reshapeRaw(mask, [samples, utterances]);
      states = linear("project", hidden)(dropout(states, share));
      for (let layer = 1; layer <= layers; layer++) {
        states = transformerLayer(`layer${layer}`, hidden, { heads, dropout: share, normFirst: true })(states, open);
      }
    } else {
      const recurrent = kind === "gru" ? gru : lstm;
      for (let layer = 1; layer <= layers; layer++) {
        states = recurrent(`layer${layer}`, hidden, { direction })(dropout(states, share));
      }
    }
    const width = states.shape[2] as number;
    return concat([x, keepWhere(mask, reshape(states, [rows, width]))], 1);
  });
}

/** The vector as a sequence for heads that want one. */
function parts(vector: Node, steps: number): Node {
  const [rows = 0, dim = 0] = vector.shape;
  if (dim % steps === 0) return reshape(vector, [rows, steps, dim / steps]);
  throw new AffektError(
    "config",
    `A vector of ${dim} numbers cannot be read in ${steps} equal parts.`,
    "Choose network.headSteps so that it divides the width of the fused vector, context included.",
  );
}

/** @param rows DYNAMIC in an inference graph; a multiple of `utterances` */
export function fusionNet(graph: Graph, rows: number, options: FusionNetOptions): FusionNet {
  const { layout, statistics, context, utterances, inputDropout, headSteps } = options;
  const mask = utterances > 1 ? graph.input("utterances", [rows, 1]) : undefined;
  const slots: { [M in Modality]?: Node } = {};
  const steps: { [M in Modality]?: Node } = {};
  const presence = graph.input("presence", [rows, layout.length]);
  for (const [column, { modality, dim, steps: length }] of layout.entries()) {
    const names = inputNames(modality);
    const raw = graph.input(names.features, length === undefined ? [rows, dim] : [rows, length, dim]);
    let value = dropout(standardize(raw, statistics[modality] as FeatureStatistics), inputDropout);
    if (length !== undefined) steps[modality] = graph.input(names.steps, [rows, length]);
    if (mask && context?.place === "before") {
      const present = sliceRaw(presence, 1, column, column + 1);
      value = withContext(`context.${modality}`, keepWhere(present, value), mask, context, utterances);
    }
    slots[modality] = value;
  }
  const fused = graph.within("fusion", () => fusionOf(options.fusion)({ slots, presence, steps }));
  let embedding = mask ? keepWhere(mask, fused.vector) : fused.vector;
  if (mask && context?.place === "after") embedding = withContext("context", embedding, mask, context, utterances);
  const { head } = options;
  return {
    embedding,
    ...(fused.weights ? { weights: fused.weights } : {}),
    ...(fused.auxiliary ? { auxiliary: fused.auxiliary } : {}),
    ...answerOf(head, head.kind === "rnn" ? parts(embedding, headSteps) : embedding),
  };
}
