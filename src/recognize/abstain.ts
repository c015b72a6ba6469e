/**
 * Abstention: naming no label when the confidence is too low to be worth it.
 *
 * Source: selective classification, El-Yaniv & Wiener (2010); Geifman & El-Yaniv (2017).
 */
import { AffektError } from "../core/errors.ts";
import type { Abstention, Prediction } from "../core/prediction.ts";

/** An answer this sure is always given: on rows that a network knows by heart, all confidences are 1 but for rounding. */
const SURE = 0.99;

/**
 * The threshold that answers the given share of rows, the most confident first.
 *
 * @param confidences of validation rows, in [0, 1]
 * @param coverage share of rows to answer, in (0, 1]
 * @returns abstain if the confidence is *below* this, at most 0.99; 0 for full coverage
 * @throws AffektError `config` if the coverage is out of range or there are no rows
 */
export function thresholdForCoverage(confidences: ArrayLike<number>, coverage: number): number {
  if (!(coverage > 0 && coverage <= 1) || confidences.length === 0) {
    throw new AffektError(
      "config",
      `A threshold needs rows and a coverage in (0, 1]; received ${confidences.length} rows and ${coverage}.`,
      "Pass the validation rows' confidences and a coverage such as 0.95.",
    );
  }
  if (coverage === 1) return 0;
  const sorted = Float64Array.from(confidences).sort();
  // The rows left out are the `skipped` least confident; the next one is just answered.
  const skipped = Math.min(sorted.length - 1, Math.floor((1 - coverage) * sorted.length + 1e-9));
  return skipped === 0 ? 0 : Math.min(SURE, sorted[skipped] as number);
}

/** Why the recognizer names no label, or undefined if it does. */
export function abstention(confidence: number, abstainBelow: number): Abstention | undefined {
  if (confidence >= abstainBelow) return undefined;
  const reason = `The confidence ${confidence.toFixed(2)} is below the threshold ${abstainBelow.toFixed(2)}.`;
  return { code: "low-confidence", reason };
}

/** What a prediction says of it. */
export function saidAbstention({ code, reason }: Abstention): Pick<Prediction, "abstained" | "abstainCode"> {
  return { abstained: reason, abstainCode: code };
}
