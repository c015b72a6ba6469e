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

/** One opinion of many: logits averaged by weight, quality by weight too; doubted if most of the weight is. */
export function mergeOpinions(opinions: readonly Opinion[], weights: readonly number[]): Opinion {
  const [first] = opinions as [Opinion];
  const logits = new Float32Array(first.logits.length);
  let quality = 0;
  let doubted = 0;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, opinion] of opinions.entries()) {
    const share = (weights[index] as number) / total;
    quality += share * opinion.quality;
    if (opinion.doubt !== undefined) doubted += share;
    for (let label = 0; label < logits.length; label++) {
      logits[label] = (logits[label] as number) + share * (opinion.logits[label] as number);
    }
  }
  const doubt = doubted > 0.5 ? opinions.find((one) => one.doubt !== undefined)?.doubt : undefined;
  return { contract: first.contract, logits, quality, ...(doubt === undefined ? {} : { doubt }) };
}
