/** What one modality of one utterance brings to fusion, or why it brings nothing. */
import type { ErrorCode } from "../core/errors.ts";
import type { FaceResult, Segment } from "../core/prediction.ts";
import type { Opinion } from "./opinion.ts";

export interface Present {
  readonly opinion: Opinion;
  readonly faces?: readonly FaceResult[];
  readonly segments?: readonly Segment[];
}

export interface Absent {
  readonly code: ErrorCode;
  readonly reason: string;
  /** What to do about it. */
  readonly hint: string;
}

export type Evidence = Present | Absent;

export function isPresent(evidence: Evidence): evidence is Present {
  return "opinion" in evidence;
}

function addShare(into: Float32Array, values: ArrayLike<number>, share: number): void {
  for (let at = 0; at < into.length; at++) into[at] = (into[at] as number) + share * (values[at] as number);
}

/** One opinion of many: logits and further columns averaged by weight, quality by weight too; doubted if most of the weight is. */
export function mergeOpinions(opinions: readonly Opinion[], weights: readonly number[]): Opinion {
  const [first] = opinions as [Opinion];
  const logits = new Float32Array(first.logits.length);
  const columns = first.columns?.map(({ length }) => new Float32Array(length));
  let quality = 0;
  let doubted = 0;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, opinion] of opinions.entries()) {
    const share = (weights[index] as number) / total;
    quality += share * opinion.quality;
    if (opinion.doubt !== undefined) doubted += share;
    addShare(logits, opinion.logits, share);
    for (const [at, column] of (columns ?? []).entries()) addShare(column, opinion.columns?.[at] ?? [], share);
  }
  const doubt = doubted > 0.5 ? opinions.find((one) => one.doubt !== undefined)?.doubt : undefined;
  return {
    contract: first.contract,
    logits,
    quality,
    ...(columns === undefined ? {} : { columns }),
    ...(doubt === undefined ? {} : { doubt }),
  };
}
