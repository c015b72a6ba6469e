/** Where and how a model is wrong, from what it said about rows and what is known of them. */
import type { RowPrediction } from "../evaluate.ts";
import { type ConfusedPair, confidentMistakes, confusedPairs, type Mistake } from "./mistakes.ts";
import { NUMBER_FACTS, type NumberFact, type RowFacts } from "./row-facts.ts";
import { type NumberSlices, slicesByNumber, slicesByValue, type ValueSlice } from "./slices.ts";

export interface ErrorAnalysis {
  readonly n: number;
  readonly wrong: number;
  readonly confident: readonly Mistake[];
  readonly pairs: readonly ConfusedPair[];
  /** Only facts that are known of at least one row. */
  readonly byNumber: Readonly<Partial<Record<NumberFact, NumberSlices>>>;
  /** Only rows whose language is known. */
  readonly byLanguage: readonly ValueSlice[];
}

export function analyzeErrors(predictions: readonly RowPrediction[], facts: readonly RowFacts[] = []): ErrorAnalysis {
  const factsOf = new Map(facts.map((own) => [own.id, own]));
  const byNumber: Partial<Record<NumberFact, NumberSlices>> = {};
  for (const fact of NUMBER_FACTS) {
    const slices = slicesByNumber(predictions.map(({ id, right }) => ({ right, value: factsOf.get(id)?.[fact] })));
    if (slices.n > 0) byNumber[fact] = slices;
  }
  return {
    n: predictions.length,
    wrong: predictions.filter(({ right }) => !right).length,
    confident: confidentMistakes(predictions, factsOf),
    pairs: confusedPairs(predictions, factsOf),
    byNumber,
    byLanguage: slicesByValue(predictions.map(({ id, right }) => ({ right, value: factsOf.get(id)?.language }))),
  };
}
