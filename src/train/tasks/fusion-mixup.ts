/**
 * Mixup of features before they are fused: two samples of a batch become two mixtures, every modality by the same share
 * and with the same partner, their labels and further columns alike.
 *
 * A mixture has the modalities, and of sequences the steps, that both have: what only one of them has cannot be mixed,
 * and taken as it is it would speak for a label that it has a part of only. Two utterances with no modality in common
 * stay as they are, and so does an utterance of a conversation that is longer than the other.
 *
 * Source: Zhang et al. (2018), as in ../mixup.ts; of hidden features, Verma et al. (2019), "Manifold mixup".
 */
import type { Random } from "../../core/random.ts";
import { blend, symmetricBeta } from "../mixup.ts";

/** The features of one modality. */
export interface Mixable {
  /** `[rows, steps, dim]`. */
  readonly values: Float32Array;
  readonly dim: number;
  readonly steps: number;
  /** `[rows, steps]` of a sequence, 1 for steps that are there. */
  readonly open?: Float32Array;
}

export interface MixedBatch {
  readonly batch: number;
  /** Rows of a sample. */
  readonly utterances: number;
  /** `[rows]`, 1 for rows that are there. */
  readonly known: Float32Array;
  /** `[rows, modalities]`. */
  readonly presence: Float32Array;
  /** Of each modality, in order of the columns of `presence`. */
  readonly mixable: readonly Mixable[];
  /** `[rows, size]` each: what is mixed whatever the modalities. */
  readonly labelled: readonly { readonly values: Float32Array; readonly size: number }[];
}

/** Whether both rows have the modality, and of a sequence a step in common. */
function shared({ presence, mixable }: MixedBatch, column: number, first: number, second: number): boolean {
  const columns = mixable.length;
  if (presence[first * columns + column] === 0 || presence[second * columns + column] === 0) return false;
  const { open, steps } = mixable[column] as Mixable;
  if (open === undefined) return true;
  for (let step = 0; step < steps; step++) {
    if (open[first * steps + step] !== 0 && open[second * steps + step] !== 0) return true;
  }
  return false;
}

function mixRows(given: MixedBatch, first: number, second: number, share: number): void {
  const { presence, mixable, labelled } = given;
  const columns = mixable.length;
  const both = mixable.map((_, column) => shared(given, column, first, second));
  if (!both.includes(true)) return;
  for (const [column, { values, dim, steps, open }] of mixable.entries()) {
    const has = both[column] ? 1 : 0;
    for (const row of [first, second]) presence[row * columns + column] = has;
    if (has === 0) continue;
    blend(values, first * steps * dim, second * steps * dim, steps * dim, share);
    for (let step = 0; open !== undefined && step < steps; step++) {
      const kept = (open[first * steps + step] as number) * (open[second * steps + step] as number);
      for (const row of [first, second]) open[row * steps + step] = kept;
    }
  }
  for (const { values, size } of labelled) blend(values, first * size, second * size, size, share);
}

/**
 * Mixes sample `i` with sample `batch - 1 - i` in place. The batch must be in random order.
 *
 * @param alpha of Beta(alpha, alpha), from which each pair's share is drawn
 */
export function mixSamples(given: MixedBatch, alpha: number, random: Random): void {
  const { batch, utterances, known } = given;
  for (let sample = 0; sample < batch >> 1; sample++) {
    const share = symmetricBeta(alpha, random);
    for (let turn = 0; turn < utterances; turn++) {
      const [first, second] = [sample * utterances + turn, (batch - 1 - sample) * utterances + turn];
      if (known[first] !== 0 && known[second] !== 0) mixRows(given, first, second, share);
    }
  }
}
