/** A prediction as it goes over the wire: `Prediction` of `core`, with a name and a date. */
import { z } from "zod";
import { MODALITIES } from "../core/modality.ts";
import { ABSTAIN_CODES } from "../core/prediction.ts";
import { Problem } from "./problem.ts";

export const Share = z.number().min(0).max(1);
export const Scores = z.array(z.object({ label: z.string(), score: Share })).meta({
  description: "Calibrated, highest first; the scores sum to 1.",
});

export const Columns = z
  .object({
    numbers: z.record(z.string(), z.number()).optional().meta({ description: "In the unit of the training rows." }),
    categories: z
      .record(z.string(), z.array(z.object({ label: z.string(), score: Share })))
      .optional()
      .meta({ description: "Highest first; the scores sum to 1 but are not calibrated." }),
  })
  .meta({ id: "FurtherColumns", description: "Further columns that the model was trained with, by field." });

const Coordinate = z.number().min(-1).max(1);
const affect = {
  valence: Coordinate.optional().meta({ description: "Unpleasant to pleasant; neutral is 0." }),
  arousal: Coordinate.optional().meta({ description: "Calm to excited; neutral is 0." }),
};

const ModalityResult = z
  .discriminatedUnion("present", [
    z.object({
      present: z.literal(true),
      quality: Share.meta({ description: "How fit for recognition the signal was." }),
      weight: Share.meta({ description: "Share in the fused answer." }),
      scores: Scores,
      model: z.string(),
      columns: Columns.optional(),
    }),
    z.object({ present: z.literal(false), reason: z.string(), code: z.string() }),
  ])
  .meta({ id: "ModalityResult" });

export const Face = z
  .object({
    box: z
      .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
      .meta({ description: "In pixels of the upright picture." }),
    confidence: Share,
    scores: Scores,
    columns: Columns.optional(),
    timeMs: z.number().optional().meta({ description: "Place in the film, in milliseconds." }),
  })
  .meta({ id: "Face" });

const Segment = z
  .object({
    modality: z.enum(MODALITIES),
    startMs: z.number(),
    endMs: z.number(),
    label: z.string(),
    confidence: Share,
    scores: Scores,
    ...affect,
    columns: Columns.optional(),
  })
  .meta({ id: "Segment" });

const Wording = z.object({ en: z.string(), zh: z.string() });
export const Alert = z
  .object({
    rule: z.string(),
    kind: z.enum(["level", "sustained", "drop"]),
    title: Wording,
    advice: Wording.meta({ description: "What a person should look at, who then decides." }),
    startMs: z.number(),
    endMs: z.number(),
    value: z.number().meta({ description: "A probability, or how far the valence fell." }),
    limit: z.number().meta({ description: "What the rule asks for at least." }),
  })
  .meta({ id: "Alert" });

export const PredictionReply = z
  .object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    subject: z.string().optional(),
    session: z.string().optional(),
    label: z
      .string()
      .nullable()
      .meta({ description: "The emotion that the person appears to express; null: abstained." }),
    abstained: z.string().optional().meta({ description: "Why the recognizer abstained." }),
    abstainCode: z.enum(ABSTAIN_CODES).optional().meta({ description: "The same, for programs. Permanent." }),
    confidence: Share,
    scores: Scores,
    ...affect,
    modalities: z.partialRecord(z.enum(MODALITIES), ModalityResult),
    scenario: z.string().optional().meta({ description: "Use case whose rules applied." }),
    alerts: z.array(Alert).optional().meta({ description: "What its rules raised; a person looks, and decides." }),
    faces: z.array(Face).optional(),
    segments: z.array(Segment).optional(),
  })
  .meta({ id: "Prediction" });
export type PredictionReply = z.infer<typeof PredictionReply>;

/** What an answer says that is kept nowhere. */
export const PredictionContent = PredictionReply.omit({ id: true, createdAt: true, subject: true, session: true });

export const BatchReply = z
  .object({
    results: z
      .array(
        z.union([
          z.object({ status: z.literal("ok"), prediction: PredictionReply }),
          z.object({ status: z.literal("error"), problem: Problem }),
        ]),
      )
      .meta({ description: "One per utterance, in order. One that fails does not stop the rest." }),
  })
  .meta({ id: "BatchResult" });
