/**
 * Prior shift: calibrated scores where labels are rarer or more frequent than they were in training, while rows of a
 * label look as they did there. How frequent they are is estimated from the scores themselves, without labels, so all
 * rows that are to be answered are needed at once.
 *
 * Source: Saerens, Latinne & Decaestecker (2002), "Adjusting the Outputs of a Classifier to New a Priori Probabilities:
 * A Simple Procedure"; that calibration comes first: Alexandari, Kundaje & Shrikumar (2020).
 */
import { AffektError } from "../../../src/core/errors.ts";

const LARGEST_CHANGE = 1e-7;
const ROUNDS = 1000;

function checkSizes(scores: ArrayLike<number>, before: ArrayLike<number>): number {
  const rows = scores.length / before.length;
  if (rows === 0 || !Number.isInteger(rows)) {
    throw new AffektError(
      "shape",
      `A prior shift needs [rows, labels] scores; received ${scores.length} scores for ${before.length} labels.`,
      "Pass the scores of every label, row by row, and the share of every label in training.",
    );
  }
  if (Array.from(before).some((share) => !(share > 0))) {
    throw new AffektError(
      "config",
      `Every label needs a share in training above 0; received ${Array.from(before).join(", ")}.`,
      "Leave out labels that the model has never seen.",
    );
  }
  return rows;
}

/**
 * The scores that the model would give had it been trained with other shares.
 *
 * @param scores `[rows, labels]`, calibrated, each row summing to 1
 * @param before share of each label in the rows that the scores are calibrated on
 * @param after share of each label in the rows that are answered
 * @returns `[rows, labels]`, each row summing to 1
 * @throws AffektError `shape` if the sizes do not fit, `config` if a share in training is not above 0
 */
export function withShares(
  scores: ArrayLike<number>,
  before: ArrayLike<number>,
  after: ArrayLike<number>,
): Float64Array {
  const rows = checkSizes(scores, before);
  const labels = before.length;
  const out = new Float64Array(scores.length);
  for (let start = 0; start < rows * labels; start += labels) {
    let sum = 0;
    for (let label = 0; label < labels; label++) {
      const weight = (after[label] as number) / (before[label] as number);
      sum += out[start + label] = (scores[start + label] as number) * weight;
    }
    for (let label = 0; label < labels; label++) out[start + label] = (out[start + label] as number) / sum;
  }
  return out;
}

/**
 * The share of each label among rows without labels, of greatest likelihood (EM). Rows are taken as independent of each
 * other given their labels: scores that already rest on the neighbours of a row make the shift too large.
 *
 * @param scores `[rows, labels]`, calibrated, each row summing to 1
 * @param before share of each label in the rows that the scores are calibrated on
 * @returns one share per label, summing to 1
 * @throws AffektError `shape` if the sizes do not fit, `config` if a share in training is not above 0
 */
export function estimateShares(scores: ArrayLike<number>, before: ArrayLike<number>): Float64Array {
  const rows = checkSizes(scores, before);
  const labels = before.length;
  let shares = Float64Array.from(before);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(labels);
    const corrected = withShares(scores, before, shares);
    for (let at = 0; at < corrected.length; at++) next[at % labels]! += (corrected[at] as number) / rows;
    const change = Math.max(...next.map((share, label) => Math.abs(share - (shares[label] as number))));
    shares = next;
    if (change < LARGEST_CHANGE) break;
  }
  return shares;
}
