/** The number that is explained: the probability that one model gives a label of the answer. */
import { type AnswerLabel, answerOf } from "../recognize/answer.ts";
import type { Contract } from "../recognize/contract.ts";
import type { Opinion } from "../recognize/opinion.ts";

/** In [0, 1]; 0 if the model does not know the label. */
export function probabilityOf(
  opinion: Pick<Opinion, "contract" | "logits">,
  label: string,
  rename: AnswerLabel,
): number {
  const { labels, probabilities } = answerOf(opinion, rename);
  return probabilities[labels.indexOf(label)] ?? 0;
}

export function knows(contract: Contract, label: string, rename: AnswerLabel): boolean {
  return contract.labels.some((own) => rename(own) === label);
}

/** Before anything is seen: the label's share in the training rows where the contract tells it, all labels alike otherwise. */
export function priorOf(contract: Contract, label: string, rename: AnswerLabel): number {
  const names = contract.labels.map(rename);
  if (contract.prior === undefined) return names.includes(label) ? 1 / new Set(names).size : 0;
  const all = contract.prior.reduce((sum, share) => sum + share, 0);
  const own = contract.prior.reduce((sum, share, index) => (names[index] === label ? sum + share : sum), 0);
  return own / all;
}
