/** The discriminant of the shipped speech model: fitted on clean and spoilt utterances, for known and unknown speakers. */
import { EMOTIONS } from "../../../src/core/emotion.ts";
import { type OnnxModel, type OnnxTensor, rawBytes } from "../../../src/graph/onnx.ts";
import {
  type BandStatistics,
  deviation,
  type FunctionalScale,
  mergeStatistics,
  normalizeFunctionals,
} from "../../../src/preprocess/speech/running-normalization.ts";
import { type Discriminant, linearDiscriminant } from "../../../src/train/discriminant.ts";
import type { Utterance } from "./rows.ts";

interface FitOptions {
  readonly classes: number;
  /** What an utterance of a corpus weighs. Default 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** What a spoilt version weighs beside the clean one. */
  readonly spoilt: number;
  readonly shrinkage: number;
  /** By corpus: utterances of a label are of so many kinds, each with a mean of its own. Default 0. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Against how many utterances of anyone those of a speaker are weighed. */
  readonly prior: number;
}

/** English and Polish are kinds of their own. A stream may show one emotion for long: a speaker is believed slowly. */
const SHIPPED: FitOptions = {
  classes: EMOTIONS.length,
  weights: { ravdess: 1, nemo: 0.2, tess: 0.2 },
  spoilt: 0.5,
  shrinkage: 0.2,
  kinds: { ravdess: 0, tess: 0, nemo: 1 },
  prior: 20,
};
/** Log-odds of a kind that has no utterance. */
const NEVER = -1e4;

export interface Fitted extends Discriminant {
  readonly scale: FunctionalScale;
  /** Of each label: columns of the weights that follow each other. */
  readonly kinds: number;
}

const one = (functionals: Float32Array, count = 1): BandStatistics => ({
  count,
  mean: Float64Array.from(functionals),
  squares: new Float64Array(functionals.length),
});

/** Of the clean utterances. */
function scaleOf(utterances: readonly Utterance[], { weights, prior }: FitOptions): FunctionalScale {
  const all = utterances
    .map(({ corpus, versions }) => one(versions[0]?.functionals ?? new Float32Array(), weights[corpus] ?? 1))
    .reduce(mergeStatistics);
  return { mean: [...all.mean], deviation: [...deviation(all)], prior };
}

/** Of each subject's clean utterances. */
function speakersOf(utterances: readonly Utterance[]): ReadonlyMap<string, BandStatistics> {
  const speakers = new Map<string, BandStatistics>();
  for (const { subject, versions } of utterances) {
    const own = one(versions[0]?.functionals ?? new Float32Array());
    const known = speakers.get(subject);
    speakers.set(subject, known === undefined ? own : mergeStatistics(known, own));
  }
  return speakers;
}

/**
 * A clean utterance is normalized once by itself and once by its speaker, a spoilt one by itself. The languages of a label
 * have means of their own and a common covariance: one plane for both would answer either worse.
 *
 * Source: mixture discriminant analysis, Hastie & Tibshirani (1996), with the subclasses known.
 */
export function fit(utterances: readonly Utterance[], options: FitOptions = SHIPPED): Fitted {
  const scale = scaleOf(utterances, options);
  const speakers = speakersOf(utterances);
  const kinds = Math.max(0, ...Object.values(options.kinds)) + 1;
  const rows: Float32Array[] = [];
  const columns: number[] = [];
  const weights: number[] = [];
  for (const utterance of utterances) {
    const weight = options.weights[utterance.corpus] ?? 1;
    for (const [version, { functionals }] of utterance.versions.entries()) {
      const known = version === 0 ? [undefined, speakers.get(utterance.subject)] : [undefined];
      for (const speaker of known) {
        rows.push(normalizeFunctionals(functionals, scale, speaker));
        columns.push(utterance.label * kinds + (options.kinds[utterance.corpus] ?? 0));
        weights.push(version === 0 ? weight : options.spoilt * weight);
      }
    }
  }
  const width = scale.mean.length;
  const data = new Float32Array(rows.length * width);
  for (const [row, values] of rows.entries()) data.set(values, row * width);
  const occurring = [...new Set(columns)].sort((a, b) => a - b);
  const fitted = linearDiscriminant(
    data,
    columns.map((column) => occurring.indexOf(column)),
    { classes: occurring.length, shrinkage: options.shrinkage, weights },
  );
  const all = options.classes * kinds;
  const weight = new Float32Array(width * all);
  const bias = new Float32Array(all).fill(NEVER);
  for (const [from, column] of occurring.entries()) {
    bias[column] = fitted.bias[from] as number;
    for (let at = 0; at < width; at++) {
      weight[at * all + column] = fitted.weight[at * occurring.length + from] as number;
    }
  }
  return { weight, bias, scale, kinds };
}

/** Log-odds of an utterance of somebody who is not known: the kinds of each label added up. */
export function logitsOf({ scale, weight, bias, kinds }: Fitted, functionals: Float32Array): Float32Array {
  const row = normalizeFunctionals(functionals, scale);
  const all = Float64Array.from(bias, (start, column) => {
    let sum = start;
    for (const [at, value] of row.entries()) sum += value * (weight[at * bias.length + column] as number);
    return sum;
  });
  return Float32Array.from({ length: bias.length / kinds }, (_, label) => {
    const own = all.subarray(label * kinds, (label + 1) * kinds);
    const top = Math.max(...own);
    return top + Math.log(own.reduce((sum, value) => sum + Math.exp(value - top), 0));
  });
}

const tensor = (name: string, dims: readonly number[], data: Float32Array | BigInt64Array): OnnxTensor => ({
  name,
  type: data instanceof Float32Array ? "float32" : "int64",
  dims,
  bytes: rawBytes(data),
});

/** As a network of one layer, whose embedding is what it reads. @param opset of the networks that it is pooled with */
export function discriminantModel({ scale, weight, bias, kinds }: Fitted, opset: number): OnnxModel {
  const width = scale.mean.length;
  const classes = bias.length / kinds;
  return {
    nodes: [
      { op: "Identity", inputs: ["functionals"], outputs: ["embedding"] },
      { op: "MatMul", inputs: ["functionals", "weight"], outputs: ["products"] },
      { op: "Add", inputs: ["products", "bias"], outputs: ["odds"] },
      { op: "Reshape", inputs: ["odds", "shape"], outputs: ["kinds"] },
      {
        op: "ReduceLogSumExp",
        inputs: ["kinds"],
        outputs: ["logits"],
        attributes: { axes: { ints: [2] }, keepdims: { int: 0 } },
      },
    ],
    initializers: [
      tensor("weight", [width, bias.length], weight),
      tensor("bias", [bias.length], bias),
      tensor("shape", [3], BigInt64Array.of(-1n, BigInt(classes), BigInt(kinds))),
    ],
    inputs: [{ name: "functionals", type: "float32", dims: [-1, width] }],
    outputs: [
      { name: "logits", type: "float32", dims: [-1, classes] },
      { name: "embedding", type: "float32", dims: [-1, width] },
    ],
    opset,
  };
}
