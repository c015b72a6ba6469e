/** A prediction as it goes over the wire: with a name, a date, and whom and what it is about. */
import type { Prediction } from "../core/prediction.ts";
import type { PredictionReply } from "./prediction-schema.ts";

interface About {
  readonly id: string;
  readonly now: Date;
  readonly subject?: string | undefined;
  readonly session?: string | undefined;
}

export function predictionReply({ id, now, subject, session }: About, prediction: Prediction): PredictionReply {
  return {
    id,
    createdAt: now.toISOString(),
    ...(subject === undefined ? {} : { subject }),
    ...(session === undefined ? {} : { session }),
    ...(prediction as unknown as Omit<PredictionReply, "id" | "createdAt">),
  };
}
