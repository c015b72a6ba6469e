/** A model asked for the steps that it has read a text or a sound in: vectors in their order, for attention. */
import { AffektError } from "../core/errors.ts";
import { decodeModel } from "../graph/onnx-read.ts";
import { encodeModel } from "../graph/onnx-write.ts";
import { pooledSteps } from "../graph/pooled-steps.ts";
import type { Contract } from "./contract.ts";
import { embeddingContract, readingContract } from "./embedding.ts";
import { heardSteps } from "./heard-steps.ts";
import type { Opinion } from "./opinion.ts";
import { readSteps } from "./read-steps.ts";

export interface SequenceContract<C extends Contract> {
  readonly contract: C;
  /** Numbers of a step. */
  readonly dim: number;
  /** The model with its steps as an output, where its file has them inside only. */
  readonly bytes?: Uint8Array;
  /** `[n, dim]`: of what the model says to a row, the steps that belong to it, in their order. */
  stepsOf(said: Opinion): Float32Array;
}

function noSteps({ id, modality }: Contract): AffektError {
  const encoders =
    modality === "text"
      ? "wide-deep, subword-cnn, subword-lstm or subword-transformer"
      : "residual-attention, log-mel-cnn, crnn, conv-transformer or mfcc-lstm";
  return new AffektError(
    "contract",
    `The model ${id} gives no steps: its encoder reads a ${modality === "text" ? "text" : "sound"} as a whole.`,
    `Train one whose network has the kind ${encoders} (docs/training.md), or embed vectors, without --sequences.`,
  );
}

/**
 * The contract of the same model with its sequence in the place of the logits, steps side by side. Windows of a long
 * text follow each other, a step for each subword; those of a sound are brought into one order of time. A face is one
 * step: its embedding, averaged over views. A file that does not give its steps out gives those that it pools by
 * attention.
 *
 * @throws AffektError `contract` if the model has no steps
 */
export function sequenceContract<C extends Contract>(contract: C, bytes: Uint8Array): SequenceContract<C> {
  if (contract.modality === "face") {
    const own = embeddingContract(contract, bytes);
    return { contract: own, dim: own.labels.length, stepsOf: ({ logits }) => logits };
  }
  const model = decodeModel(bytes);
  const given = contract.outputs.sequence;
  const inside = given === undefined ? pooledSteps(model) : undefined;
  const name = given ?? inside?.name ?? "";
  const [, steps = 0, dim = 0] = (inside?.model ?? model).outputs.find((output) => output.name === name)?.dims ?? [];
  if (steps < 1 || dim < 1) throw noSteps(contract);
  const labels = Array.from({ length: steps * dim }, (_, at) => `${name}${at}`);
  return {
    contract: {
      ...readingContract(contract),
      task: "single",
      labels,
      outputs: { logits: name, sequence: name },
    } as unknown as C,
    dim,
    stepsOf({ logits, frames, subwords }) {
      if (contract.modality === "speech" && frames !== undefined) {
        return heardSteps(logits, dim, frames, contract.input.steps);
      }
      const one = contract.modality === "text" && steps === contract.input.maxTokens;
      return one && subwords !== undefined ? readSteps(logits, dim, subwords) : filledSteps(logits, dim);
    },
    ...(inside === undefined ? {} : { bytes: encodeModel(inside.model) }),
  };
}

/**
 * The steps `[steps, dim]` that hold anything but zeros: those of a network that does not give a step for each subword,
 * so that nothing tells its padding.
 */
export function filledSteps(sequence: Float32Array, dim: number): Float32Array {
  const kept: number[] = [];
  for (let from = 0; from < sequence.length; from += dim) {
    if (sequence.subarray(from, from + dim).some((value) => value !== 0)) kept.push(from);
  }
  const out = new Float32Array(kept.length * dim);
  for (const [at, from] of kept.entries()) out.set(sequence.subarray(from, from + dim), at * dim);
  return out;
}

/** A sequence `[n, dim]` in at most so many steps: the means of equal stretches, where there are more. */
export function inSteps(sequence: Float32Array, dim: number, steps: number): Float32Array {
  const count = sequence.length / dim;
  if (count <= steps) return sequence;
  const out = new Float32Array(steps * dim);
  for (let step = 0; step < steps; step++) {
    const [from, to] = [Math.floor((step * count) / steps), Math.floor(((step + 1) * count) / steps)];
    for (let at = from * dim; at < to * dim; at++)
      out[step * dim + (at % dim)]! += (sequence[at] as number) / (to - from);
  }
  return out;
}
