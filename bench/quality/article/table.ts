/** The table of the article's case, with what must be said beside it. */
import { PAIRING_NOTE } from "../../../src/data/caveats.ts";
import type { Split } from "../../../src/data/row.ts";

/** Accuracy by subset of the modalities. */
export type Scores = Map<string, Readonly<Record<Split, number>>>;

interface Range {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface ArticleResult {
  readonly network: string;
  readonly seeds: number;
  readonly subsets: Readonly<Record<string, Readonly<Record<Split, Range>>>>;
}

function range(values: readonly number[]): Range {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, low: Math.min(...values), high: Math.max(...values) };
}

/** @param runs one per seed */
export function lineOf(network: string, runs: readonly Scores[]): ArticleResult {
  const [first = new Map() as Scores] = runs;
  const subsets = [...first.keys()].map((subset) => {
    const of = (split: Split) => range(runs.map((run) => run.get(subset)?.[split] ?? Number.NaN));
    return [subset, { train: of("train"), validation: of("validation"), test: of("test") }] as const;
  });
  return { network, seeds: runs.length, subsets: Object.fromEntries(subsets) };
}

const percent = ({ mean, low, high }: Range): string => {
  const one = (value: number): string => (100 * value).toFixed(1);
  return low === high ? one(mean) : `${one(mean)} (${one(low)} to ${one(high)})`;
};

/** @param notes on how the networks came to be what they are */
export function markdown(results: readonly ArticleResult[], notes: readonly string[]): string {
  const parts = results.map(({ network, seeds, subsets }) => {
    const rows = Object.entries(subsets).map(
      ([subset, { train, validation, test }]) =>
        `| ${subset} | ${percent(train)} | ${percent(validation)} | ${percent(test)} |`,
    );
    const range = seeds > 1 ? `; mean of ${seeds} seeds (lowest to highest)` : "";
    return [
      `## ${network}`,
      "",
      `Accuracy in %${range}.`,
      "",
      "| Shown | Train | Validation | Test |",
      "|---|---|---|---|",
      ...rows,
      "",
    ];
  });
  return [
    "# The article's case: 1,000 samples, 4 emotions, 10 epochs, batch 32, Adam",
    "",
    "Texts of GoEmotions, faces of FER2013 and voices of RAVDESS (fold 1), paired by label with `affekt data compose`: 640",
    "rows to train on, 160 to select the epoch on, 200 to test on, no person, text or medium in two of them. Target: train",
    "at least 95 %, test at least 92 %, all modalities shown.",
    "",
    `**Beside every number here: ${PAIRING_NOTE}.** Three independent hints at one label are worth more than three views of`,
    "one person, so the accuracy with all modalities says little about real recordings; the single modalities do. RAVDESS has",
    "too few voices per label: in the test rows some occur more than once, with other partners.",
    "",
    ...notes.map((note) => `- ${note}`),
    "",
    ...parts.flat(),
  ].join("\n");
}
