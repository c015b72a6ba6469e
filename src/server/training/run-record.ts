/** What is remembered of a training: a JSON file in its folder, so that it outlives the service. */
import { z } from "zod";
import { ERROR_CODES } from "../../core/errors.ts";
import { MODALITIES } from "../../core/modality.ts";
import { TrainConfig } from "../../train/config.ts";
import { SIZES } from "./training-plan.ts";

export const RUN_STATES = ["queued", "running", "done", "failed", "cancelled"] as const;
export type RunState = (typeof RUN_STATES)[number];

const Failure = z.object({ code: z.enum(ERROR_CODES), message: z.string(), hint: z.string() });

export const RunRecord = z.object({
  id: z.string(),
  manifest: z.string(),
  modality: z.enum(MODALITIES),
  labels: z.array(z.string()),
  size: z.enum(SIZES),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  state: z.enum(RUN_STATES),
  error: Failure.nullable(),
  rows: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
  config: TrainConfig,
  evaluation: z.object({ state: z.enum(["none", ...RUN_STATES]), error: Failure.nullable() }),
});
export type RunRecord = z.infer<typeof RunRecord>;
