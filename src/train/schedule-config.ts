/** Schedules as a configuration names them: `"cosine"`, or `{ "kind": "step", "epochs": [10, 15] }`. */

import { z } from "zod";
import { defined } from "../core/defined.ts";
import {
  constantRate,
  cosineDecay,
  oneCycle,
  reduceOnPlateau,
  type Schedule,
  type ScheduleOptions,
  stepDecay,
} from "./schedule.ts";

const factor = z.number().positive().lt(1);
const floor = z.number().nonnegative();

const Detailed = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant") }),
  z.strictObject({
    kind: z.literal("step"),
    epochs: z.array(z.int().positive()).min(1).optional(),
    factor: factor.optional(),
  }),
  z.strictObject({ kind: z.literal("cosine"), floor: floor.optional() }),
  z.strictObject({ kind: z.literal("one-cycle") }),
  z.strictObject({
    kind: z.literal("plateau"),
    factor: factor.optional(),
    patience: z.int().nonnegative().optional(),
    threshold: z.number().nonnegative().optional(),
    floor: floor.optional(),
  }),
]);

type Detailed = z.infer<typeof Detailed>;

export const ScheduleConfig = z.union([z.enum(["constant", "step", "cosine", "one-cycle", "plateau"]), Detailed]);

type ScheduleConfig = z.infer<typeof ScheduleConfig>;

export function buildSchedule(config: ScheduleConfig, options: ScheduleOptions): Schedule {
  const detailed: Detailed = typeof config === "string" ? { kind: config } : config;
  switch (detailed.kind) {
    case "constant":
      return constantRate(options);
    case "step":
      return stepDecay(options, defined(detailed));
    case "cosine":
      return cosineDecay(options, detailed.floor);
    case "one-cycle":
      return oneCycle(options);
    case "plateau":
      return reduceOnPlateau(options, defined(detailed));
  }
}
