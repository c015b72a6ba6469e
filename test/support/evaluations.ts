/** Evaluations of made-up rows with two labels. */
import { random } from "../../src/core/random.ts";
import type { Evaluation, Report, RowPrediction } from "../../src/evaluate/evaluate.ts";
import { type SingleReport, type SingleRows, singleReport } from "../../src/evaluate/report.ts";

/** The truth of a row, and the probability that a model gave to the second label. */
export type SaidRow = readonly [truth: string, second: number];

interface MadeOptions {
  /** Default anger and joy. */
  readonly labels?: readonly [string, string];
  /** Before the number of the row. Default `r`. */
  readonly prefix?: string;
  /** Default 0. */
  readonly resamples?: number;
  readonly rows?: Pick<SingleRows, "abstainBelow" | "groups">;
  /** In place of nothing skipped and nothing noted. */
  readonly circumstances?: Partial<Pick<Report, "skipped" | "notes" | "manifest">>;
}

/** Every row is called by its likelier label. */
export function madeEvaluation(
  model: string,
  rows: readonly SaidRow[],
  { labels = ["anger", "joy"], prefix = "r", resamples = 0, rows: more, circumstances }: MadeOptions = {},
): Evaluation & { readonly report: Report & SingleReport } {
  const [first, second] = labels;
  const predictions = rows.map(([truth, probability], index): RowPrediction => {
    const label = probability > 0.5 ? second : first;
    return {
      id: `${prefix}${index}`,
      truth: [truth],
      label,
      confidence: Math.max(probability, 1 - probability),
      right: label === truth,
      scores: { [second]: probability, [first]: 1 - probability },
    };
  });
  const metrics = singleReport(
    {
      labels,
      probabilities: Float64Array.from(rows.flatMap(([, probability]) => [1 - probability, probability])),
      truth: Int32Array.from(rows, ([truth]) => labels.indexOf(truth)),
      ...more,
    },
    random(1),
    { resamples },
  );
  const report = {
    model,
    manifest: { name: "made-here", version: "1" },
    labelSpace: "as-trained" as const,
    missingLabels: [],
    unknownLabels: {},
    restricted: false,
    skipped: { n: 0, byCode: {}, examples: [] },
    notes: [],
    ...circumstances,
    ...metrics,
  };
  return { predictions, report };
}
