/** A prediction as it goes over the wire: with a name, a date, and whom and what it is about. */
import type { Prediction } from "../core/prediction.ts";
import { alertsOf, applyScenario } from "../scenario/apply.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { PredictionReply } from "./prediction-schema.ts";

interface About {
  readonly id: string;
  readonly now: Date;
  readonly subject?: string | undefined;
  readonly session?: string | undefined;
  /** Use case whose rules apply. */
  readonly scenario?: Scenario | undefined;
}

export function predictionReply(about: About, prediction: Prediction): PredictionReply {
  const { id, now, subject, session, scenario } = about;
  const alerts = scenario === undefined ? [] : alertsOf(scenario, prediction);
  return {
    id,
    createdAt: now.toISOString(),
    ...(subject === undefined ? {} : { subject }),
    ...(session === undefined ? {} : { session }),
    ...(scenario === undefined ? {} : { scenario: scenario.id, alerts: [...alerts] }),
    ...((scenario === undefined ? prediction : applyScenario(scenario, prediction)) as unknown as Omit<
      PredictionReply,
      "id" | "createdAt"
    >),
  };
}
