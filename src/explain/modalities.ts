/** What text, face and voice each add to the fused answer: exact Shapley values over the present modalities. */
import type { ModalityExplanation } from "../core/explanation.ts";
import { MODALITIES, type Modality, type PerModality } from "../core/modality.ts";
import { logLinearPool, type PoolMember } from "../fuse/log-linear-pool.ts";
import { type AnswerLabel, answerOf } from "../recognize/answer.ts";
import { type AssembleOptions, assemble, type EvidenceByModality, trusted } from "../recognize/assemble.ts";
import { isPresent, type Present } from "../recognize/evidence.ts";
import { exactShapley } from "./shapley.ts";

/** The present modalities, in their usual order. */
export function presentOf(
  evidence: EvidenceByModality,
): readonly { readonly modality: Modality; readonly own: Present }[] {
  return MODALITIES.flatMap((modality) => {
    const own = evidence[modality];
    return own !== undefined && isPresent(own) ? [{ modality, own }] : [];
  });
}

/** What the models together take for likely before anything is seen: their training shares, pooled. */
function priorOfAll(
  evidence: EvidenceByModality,
  label: string,
  rename: AnswerLabel,
  options: AssembleOptions,
): number {
  const members: { [M in Modality]?: PoolMember } = {};
  for (const { modality, own } of presentOf(evidence)) {
    const { labels, prior } = answerOf(own.opinion, rename);
    const shares = prior ?? labels.map(() => 1 / labels.length);
    const { poolWeight } = own.opinion.contract;
    members[modality] = {
      labels,
      logProbabilities: Array.from(shares, Math.log),
      weight: poolWeight,
      quality: trusted(own),
    };
  }
  const { labels, probabilities } = logLinearPool(members, { ...options.pool, independence: 0 });
  return probabilities[labels.indexOf(label)] ?? 0;
}

/**
 * The points sum to `score − base` within 1e-6, whatever the modalities say.
 *
 * @param evidence at least one modality of it is present
 */
export async function explainModalities(
  evidence: EvidenceByModality,
  label: string,
  rename: AnswerLabel,
  options: AssembleOptions = {},
): Promise<ModalityExplanation> {
  const present = presentOf(evidence);
  const base = priorOfAll(evidence, label, rename, options);
  const { points, score, calls } = await exactShapley(present.length, async (coalitions) =>
    coalitions.map((coalition) => {
      const chosen = present.filter((_, player) => coalition[player] === 1);
      if (chosen.length === 0) return base;
      const part: EvidenceByModality = Object.fromEntries(chosen.map(({ modality, own }) => [modality, own]));
      return assemble(part, rename, options).scores.find((one) => one.label === label)?.score ?? 0;
    }),
  );
  const shares: PerModality<number> = Object.fromEntries(
    present.map(({ modality }, player) => [modality, points[player] as number]),
  );
  return { method: "shapley", score, base, calls, points: shares };
}
