/** What a report is made of. */
import type { Loaded } from "../../graph/optimize/store.ts";
import type { TrainConfig } from "../config.ts";
import type { EpochReport } from "../epoch-report.ts";
import type { UncoveredLabels } from "../label-cover.ts";
import type { Schedule } from "../schedule.ts";
import type { TrainingTask } from "../task.ts";
import type { Undecodable } from "../tasks/undecodable.ts";

export interface ReportInput {
  readonly config: TrainConfig;
  readonly task: Pick<TrainingTask, "trainingRows" | "validationRows">;
  readonly history: readonly EpochReport[];
  readonly schedule: Schedule;
  /** Updates of one epoch. */
  readonly updates: number;
  readonly command: string;
  /** As `2026-01-31`. */
  readonly today: string;
  /** Shown at first. Default `en`. */
  readonly language?: "en" | "zh";
  /** What was taken over from the weights that the training started with. */
  readonly loaded?: Loaded | undefined;
  /** Sentences that have to stand beside the numbers. */
  readonly caveats?: readonly string[] | undefined;
  /** Rows of the data that were not trained on. */
  readonly leftOut?: { readonly broken: number; readonly undecodable: readonly Undecodable[] } | undefined;
  readonly uncovered?: UncoveredLabels | undefined;
  /** `[truth][predicted]` of the exported model on the validation rows. */
  readonly confusion?: readonly (readonly number[])[] | undefined;
}
