/** What a pool of experts answers on composed rows: accuracy, and how much each channel counted. */
import { MODALITIES, type Modality } from "../../../src/core/modality.ts";
import type { PoolRow } from "../../../src/fuse/fit-pool.ts";
import { logLinearPool, type PoolMember, type PoolOptions } from "../../../src/fuse/log-linear-pool.ts";

export interface PoolAnswer {
  readonly accuracy: number;
  /** Mean share of each channel. */
  readonly weights: Readonly<Record<Modality, number>>;
}

/**
 * @param subset the channels that are there
 * @param byQuality whether a poor signal counts less
 */
export function poolAnswer(
  rows: readonly PoolRow[],
  options: PoolOptions,
  {
    subset = MODALITIES,
    byQuality = true,
  }: { readonly subset?: readonly Modality[]; readonly byQuality?: boolean } = {},
): PoolAnswer {
  let right = 0;
  const weights = { text: 0, face: 0, speech: 0 };
  for (const { members, truth } of rows) {
    const own: { [M in Modality]?: PoolMember } = {};
    for (const modality of subset) {
      const member = members[modality];
      if (member !== undefined) own[modality] = byQuality ? member : { ...member, quality: 1 };
    }
    const { labels, probabilities, weights: shares } = logLinearPool(own, options);
    if (labels[probabilities.indexOf(Math.max(...probabilities))] === truth) right++;
    for (const modality of MODALITIES) weights[modality] += (shares[modality] ?? 0) / rows.length;
  }
  return { accuracy: right / rows.length, weights };
}
