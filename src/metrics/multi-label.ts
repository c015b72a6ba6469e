/**
 * Metrics of rows with any number of labels at once: each label is a yes or no of its own, by a threshold of its own
 * that is chosen on validation rows.
 */
import { AffektError } from "../core/errors.ts";
import { type ClassScore, classScore } from "./per-class.ts";

/**
 * Precision, recall and F1 of each label.
 *
 * @param probabilities `[rows, labels]`, row-major, in [0, 1]
 * @param truth `[rows, labels]`, 1 where the row has the label, otherwise 0
 * @param thresholds per label: yes if the probability is at least this
 * @param draw rows to count, with repetitions, as a bootstrap draws them
 * @throws AffektError `shape` if the sizes do not fit
 */
export function multiLabelScores(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  thresholds: ArrayLike<number>,
  draw?: ArrayLike<number>,
): ClassScore[] {
  const labels = thresholds.length;
  if (labels === 0 || probabilities.length !== truth.length || truth.length % labels !== 0) {
    throw new AffektError(
      "shape",
      `Multi-label scores need [rows, ${labels}] probabilities and truths; received ${probabilities.length} and ${truth.length} values.`,
      "Pass one probability and one truth per row and label.",
    );
  }
  const right = new Float64Array(labels);
  const wrongly = new Float64Array(labels);
  const missed = new Float64Array(labels);
  const rows = draw?.length ?? truth.length / labels;
  for (let i = 0; i < rows; i++) {
    const row = draw === undefined ? i : (draw[i] as number);
    for (let label = 0; label < labels; label++) {
      const at = row * labels + label;
      const said = (probabilities[at] as number) >= (thresholds[label] as number);
      const is = truth[at] !== 0;
      if (said && is) right[label] = (right[label] as number) + 1;
      else if (said) wrongly[label] = (wrongly[label] as number) + 1;
      else if (is) missed[label] = (missed[label] as number) + 1;
    }
  }
  return Array.from(right, (value, label) => classScore(value, wrongly[label] as number, missed[label] as number));
}

/** Mean F1 of the labels that occur, in [0, 1]. */
export function multiLabelMacroF1(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  thresholds: ArrayLike<number>,
  draw?: ArrayLike<number>,
): number {
  const present = multiLabelScores(probabilities, truth, thresholds, draw).filter(({ support }) => support > 0);
  return present.reduce((sum, { f1 }) => sum + f1, 0) / present.length;
}

/**
 * The threshold of each label with the highest F1 on these rows, half-way between the two neighbouring probabilities.
 *
 * @returns one per label; 0.5 for a label that does not occur
 */
export function chooseThresholds(probabilities: ArrayLike<number>, truth: ArrayLike<number>, labels: number): number[] {
  const rows = truth.length / labels;
  return Array.from({ length: labels }, (_, label) => {
    const own = Float64Array.from({ length: rows }, (_, row) => probabilities[row * labels + label] as number);
    const order = Int32Array.from({ length: rows }, (_, row) => row).sort(
      (a, b) => (own[b] as number) - (own[a] as number),
    );
    let support = 0;
    for (let row = 0; row < rows; row++) support += truth[row * labels + label] as number;
    if (support === 0) return 0.5;
    let best = 0;
    let threshold = 0.5;
    let right = 0;
    for (let place = 0; place < rows; place++) {
      const row = order[place] as number;
      right += truth[row * labels + label] as number;
      const here = own[row] as number;
      const next = place + 1 < rows ? (own[order[place + 1] as number] as number) : 0;
      if (place + 1 < rows && next === here) continue;
      // F1 = 2 right / (called + support)
      const f1 = (2 * right) / (place + 1 + support);
      if (f1 > best) {
        best = f1;
        threshold = (here + next) / 2;
      }
    }
    return threshold;
  });
}
