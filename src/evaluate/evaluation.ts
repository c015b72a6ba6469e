/** What an evaluation is asked for, and what it answers: a report and what was said about each row. */
import type { PerModality } from "../core/modality.ts";
import type { FurtherColumns } from "../core/prediction.ts";
import type { Split } from "../data/row.ts";
import type { Skipped } from "./ask.ts";
import type { ColumnTruth } from "./column-metrics.ts";
import type { ColumnScores } from "./column-scores.ts";
import type { ModalityWeights } from "./modality-weights.ts";
import type { MultiReport } from "./multi-report.ts";
import type { ReportOptions, SingleReport } from "./report.ts";
import type { LabelSpace } from "./truth.ts";

export interface EvaluateOptions extends ReportOptions {
  /** Of the bootstrap. Default 1. */
  readonly seed?: number | undefined;
  /** How labels are brought together. Default: see `labelSpaceOf`. */
  readonly labelSpace?: LabelSpace | undefined;
  /**
   * Whether scores are restricted to the labels that occur and made to sum to 1 again: the usual protocol where a test
   * set has fewer labels than the model. Default true.
   */
  readonly restrict?: boolean | undefined;
  /** Fields of the rows (`language`, `sex`, …) to give the main metrics by. */
  readonly groupBy?: readonly string[] | undefined;
  /** Draws whole subjects in the bootstrap, because rows of one speaker are not independent. Default false. */
  readonly bySubject?: boolean | undefined;
  /** Whether the model was trained on the data that the rows are of, or on data of their name: it saw all but the test rows. Default false. */
  readonly trainedOn?: boolean | undefined;
}

/** What is known of the evaluation besides its metrics. */
export interface Circumstances {
  readonly model: string;
  readonly manifest: { readonly name: string; readonly version: string; readonly sha256?: string };
  /** Of which split all rows evaluated are; `all` where they are of several or of none. Older versions wrote none. */
  readonly split?: Split | "all";
  /** How many of them are of which split; those of no split are not counted. */
  readonly splits?: Readonly<Partial<Record<Split, number>>>;
  readonly labelSpace: LabelSpace;
  /** Labels that the model has and the rows lack; no metric runs over them. */
  readonly missingLabels: readonly string[];
  /** Labels that the rows have and the model lacks, with their rows, which are left out. */
  readonly unknownLabels: Readonly<Record<string, number>>;
  /** Whether scores were restricted to the labels that occur. */
  readonly restricted: boolean;
  readonly skipped: {
    readonly n: number;
    readonly byCode: Readonly<Record<string, number>>;
    /** The first twenty. */
    readonly examples: readonly Skipped[];
  };
  /** In words, what a reader of the numbers has to know. */
  readonly notes: readonly string[];
  /** How much each modality counted, where the model tells. */
  readonly weights?: ModalityWeights;
  /** Of the further columns, where the model answers any. */
  readonly columns?: ColumnScores;
}

export type Report = Circumstances & (SingleReport | MultiReport);

/** What was said about one row. */
export interface RowPrediction {
  readonly id: string;
  readonly truth: readonly string[];
  readonly label: string;
  /** Probability of the label; with several labels a row, of the whole set, each label taken by itself. */
  readonly confidence: number;
  readonly right: boolean;
  /** Probability per label, from which curves are drawn. */
  readonly scores?: Readonly<Record<string, number>>;
  /** Share of each modality in the answer, where the model tells; 0 for one that the row lacks. */
  readonly weights?: PerModality<number>;
  /** What the model says of further columns, where it answers any. */
  readonly columns?: FurtherColumns;
  /** What the row itself holds of them, where it has a value that the model knows. Older versions wrote none. */
  readonly columnTruth?: ColumnTruth;
}

export interface Evaluation {
  readonly report: Report;
  readonly predictions: readonly RowPrediction[];
}

/** What goes into `scores` of a row. @param values probability of each label */
export function scoresByLabel(labels: readonly string[], values: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(labels.map((label, at) => [label, values[at] as number]));
}
