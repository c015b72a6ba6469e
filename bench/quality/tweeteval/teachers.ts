/** Classifiers of other corpora's emotions, as teachers: what they say of a tweet is told to the classifier of tweets. */
import type { Random } from "../../../src/core/random.ts";
import type { Row } from "../../../src/data/row.ts";
import { logisticRegression } from "../../../src/train/logistic-regression.ts";
import { bagsOf, sparseRows } from "./bags.ts";

/** One linear function of a text's n-grams. */
export interface Teacher {
  readonly name: string;
  /** `[buckets]`. */
  readonly weights: Float32Array;
  readonly bias: number;
}

/** Labels that a teacher needs at least so many texts of. */
const FEWEST = 50;

/** Of GoEmotions the 28 fine labels, of others their own. */
function labelsOf(row: Row): readonly string[] {
  const { fine } = row.extra;
  return Array.isArray(fine) ? fine.map(String) : (row.labels ?? []);
}

/** A teacher for each label of a corpus: texts that have it against all others. */
export function teachersOf(
  name: string,
  rows: readonly Row[],
  weights: Float32Array,
  { cost, random }: { readonly cost: number; readonly random: Random },
): Teacher[] {
  const texts = sparseRows(bagsOf(rows.map(({ text = "" }) => text)), weights);
  const labels = [...new Set(rows.flatMap(labelsOf))].sort();
  return labels.flatMap((label): Teacher[] => {
    const flags = rows.map((row) => (labelsOf(row).includes(label) ? 1 : 0));
    if (flags.filter(Boolean).length < FEWEST) return [];
    const fitted = logisticRegression(texts, flags, { cost, random, tolerance: 0.1, passes: 15 });
    return [{ name: `${name}:${label}`, ...fitted }];
  });
}
