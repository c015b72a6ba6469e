/**
 * Bags of words with term weights.
 *
 * Source: Salton & Buckley (1988), "Term-weighting approaches in automatic text retrieval": weight `tf · ln(N / df)`,
 * cosine normalization. Sublinear term frequency `1 + ln tf` and smoothed `ln((1 + N) / (1 + df)) + 1` as options.
 */

/** The terms of a corpus. Plain JSON. */
export interface BagOfWords {
  /** In order of their index. */
  readonly terms: readonly string[];
  /** Documents that hold each term. */
  readonly documentFrequency: readonly number[];
  /** Documents in the corpus. */
  readonly documents: number;
}

export interface BagOptions {
  /** A term in fewer documents is left out. Default 1. */
  readonly minDocuments?: number;
  /** Keep the terms of most documents only. Default: all. */
  readonly limit?: number;
}

export interface TermWeighting {
  /** Multiply by the inverse document frequency. Default true; false counts. */
  readonly inverseDocumentFrequency?: boolean;
  /** `ln((1 + N) / (1 + df)) + 1`, so that a term of every document still counts. Default false. */
  readonly smooth?: boolean;
  /** `1 + ln tf` for `tf`. Default false. */
  readonly sublinear?: boolean;
  /** Divide by the Euclidean length. Default true. */
  readonly normalize?: boolean;
}

/** Sorted by index; absent terms are zero. */
export interface SparseVector {
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Counts in how many documents each term stands. Most frequent first, equals in order of code units. */
export function fitBagOfWords(documents: Iterable<readonly string[]>, options: BagOptions = {}): BagOfWords {
  const { minDocuments = 1, limit = Number.POSITIVE_INFINITY } = options;
  const frequency = new Map<string, number>();
  let total = 0;
  for (const tokens of documents) {
    total++;
    for (const term of new Set(tokens)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const kept = [...frequency]
    .filter(([, documentCount]) => documentCount >= minDocuments)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, limit);
  return {
    terms: kept.map(([term]) => term),
    documentFrequency: kept.map(([, documentCount]) => documentCount),
    documents: total,
  };
}

/** A function from tokens to weights. Terms that the bag lacks are ignored; an empty document is an empty vector. */
export function termWeights(
  bag: BagOfWords,
  weighting: TermWeighting = {},
): (tokens: readonly string[]) => SparseVector {
  const { inverseDocumentFrequency = true, smooth = false, sublinear = false, normalize = true } = weighting;
  const indexOf = new Map(bag.terms.map((term, index) => [term, index]));
  const inverse = bag.documentFrequency.map((documentCount) => {
    if (!inverseDocumentFrequency) return 1;
    return smooth ? Math.log((1 + bag.documents) / (1 + documentCount)) + 1 : Math.log(bag.documents / documentCount);
  });
  return (tokens) => {
    const counts = new Map<number, number>();
    for (const token of tokens) {
      const index = indexOf.get(token);
      if (index !== undefined) counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    const indices = Int32Array.from(counts.keys()).sort();
    const weights = Array.from(indices, (index) => {
      const frequency = counts.get(index)!;
      return (sublinear ? 1 + Math.log(frequency) : frequency) * inverse[index]!;
    });
    const length = normalize ? Math.hypot(...weights) : 1;
    return { indices, values: Float32Array.from(weights, (weight) => (length > 0 ? weight / length : 0)) };
  };
}
