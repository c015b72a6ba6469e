/** From a model's own labels to those that a recognizer answers with. */
import { ekmanLabel } from "../core/labels.ts";
import type { Scores } from "../core/prediction.ts";
import { logProbabilities, type Opinion, sortedScores } from "./opinion.ts";

/** Calibrated probabilities over the labels of the answer. */
export interface Answer {
  readonly labels: readonly string[];
  readonly probabilities: Float64Array;
  readonly prior: Float64Array | undefined;
}

/** Name of a model's label in the answer. Models with finer labels (calm, annoyance, …) are added up. */
export type AnswerLabel = (label: string) => string;

/** Ekman's seven; labels that belong to none of them stay. */
export const toEkman: AnswerLabel = (label) => ekmanLabel(label) ?? label;

/** The model's own labels. */
export const asTrained: AnswerLabel = (label) => label;

export function answerOf(opinion: Pick<Opinion, "contract" | "logits">, rename: AnswerLabel): Answer {
  const { contract } = opinion;
  const names = contract.labels.map(rename);
  const labels = [...new Set(names)];
  const own = logProbabilities(opinion);
  const probabilities = new Float64Array(labels.length);
  const prior = contract.prior === undefined ? undefined : new Float64Array(labels.length);
  for (const [index, name] of names.entries()) {
    const at = labels.indexOf(name);
    probabilities[at] = (probabilities[at] as number) + Math.exp(own[index] as number);
    if (prior) prior[at] = (prior[at] as number) + (contract.prior?.[index] as number);
  }
  return { labels, probabilities, prior };
}

export function scoresOf(opinion: Pick<Opinion, "contract" | "logits">, rename: AnswerLabel): Scores {
  const { labels, probabilities } = answerOf(opinion, rename);
  return sortedScores(labels, probabilities);
}
