/** `POST /v1/explain`: one utterance, and what in it speaks for a label. */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES } from "../../core/modality.ts";
import type { Answer, Question } from "../../platform/node/recognizer-process.ts";
import type { Store } from "../../store/store.ts";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";
import { Identifier } from "../identifier.ts";
import type { Limits } from "../limits.ts";
import { MediaField } from "../media-field.ts";
import { PredictionContent, Share } from "../prediction-schema.ts";
import { admitItems, type Scenarios, scenarioFields } from "../scenarios.ts";

/** Asks the processes that recognize. */
type Ask = (
  questions: readonly Question[],
  options: { readonly deadlineMs: number; readonly signal: AbortSignal },
) => Promise<readonly PromiseSettledResult<Answer>[]>;

/** What it counts as for the rate limit: it asks the models some ten to some hundred times. */
const COST = 20;

const Points = z.number().min(-1).max(1);
const Place = z.object({ x: z.number(), y: z.number() });

const explained = {
  method: z.enum(["shapley", "shapley-sampled", "occlusion"]).meta({
    description: "Shapley values sum to `score` − `base`; what is lost by occlusion sums to nothing.",
  }),
  score: Share.meta({ description: "Probability of the label with everything there." }),
  base: Share.meta({ description: "Probability of the label with nothing there." }),
  calls: z.number().meta({ description: "Variants that the model was asked about." }),
};

export const ExplanationReply = z
  .object({
    label: z.string(),
    prediction: PredictionContent,
    modalities: z
      .object({ ...explained, points: z.partialRecord(z.enum(MODALITIES), Points) })
      .optional()
      .meta({ description: "Of an answer that rests on several modalities." }),
    text: z
      .object({
        ...explained,
        parts: z.array(z.object({ text: z.string(), start: z.number(), end: z.number(), points: Points })),
      })
      .optional(),
    face: z
      .object({
        ...explained,
        box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
        timeMs: z.number().optional(),
        corners: z.array(Place).length(4),
        cells: z.number(),
        points: z.array(Points).meta({ description: "Row by row from the top, `cells` each." }),
      })
      .optional(),
    speech: z
      .object({ ...explained, spans: z.array(z.object({ startMs: z.number(), endMs: z.number(), points: Points })) })
      .optional(),
    silent: z.array(z.enum(MODALITIES)).optional(),
  })
  .meta({ id: "Explanation", description: "`points` are differences of probabilities: 0.12 is 12 percentage points." });

export function explainEndpoint(
  ask: Ask,
  { limits, scenarios, store }: { limits: Limits; scenarios: Scenarios; store: Pick<Store, "validConsents"> },
): Endpoint {
  const Body = z
    .strictObject({
      text: z.string().max(limits.textCharacters).optional().meta({ description: "English or Chinese." }),
      image: MediaField.optional(),
      audio: MediaField.optional(),
      video: MediaField.optional(),
      modalities: z.array(z.enum(MODALITIES)).min(1).optional().meta({ description: "Look at these only." }),
      subject: Identifier.optional().meta({ description: "Whose consent a scenario may need." }),
      ...scenarioFields,
      label: z.string().min(1).max(64).optional().meta({ description: "Default: the one with the highest score." }),
    })
    .meta({ id: "ToExplain" });
  return endpoint(
    {
      method: "POST",
      path: "/v1/explain",
      summary: "Say what in an utterance speaks for a label",
      description:
        "One utterance as for `/v1/recognize`. Words, parts of the leading face, moments of speech and the modalities " +
        "each get points. Nothing of it is kept. It takes as long as some hundred recognitions of the same, and counts as " +
        `${COST} requests where a key may ask so often only.`,
      cost: COST,
      scope: "recognize",
      multipart: true,
      body: Body,
      replies: { 200: { says: "The prediction and its explanation.", schema: ExplanationReply } },
      fails: [
        "input",
        "label",
        "limit",
        "content-type",
        "media",
        "no-face",
        "no-modality",
        "no-speech",
        "not-found",
        "policy",
        "busy",
        "unavailable",
        "deadline",
        "model",
        "missing-tool",
      ],
    },
    async ({ body, caller: { owner }, signal }) => {
      const { text, image, audio, video, label, jurisdiction } = body;
      const scenario = scenarios.named(body.scenario);
      const asked = { owner, items: [body], modalities: body.modalities, jurisdiction };
      const modalities = scenario === undefined ? body.modalities : await admitItems(store, scenario, asked);
      const inputs = {
        ...(text === undefined ? {} : { text }),
        ...(image === undefined ? {} : { image }),
        ...(audio === undefined ? {} : { audio }),
        ...(video === undefined ? {} : { video }),
      };
      const [result] = await ask([{ inputs, modalities, explain: { label } }], {
        deadlineMs: limits.deadlineMs,
        signal,
      });
      if (result?.status === "fulfilled" && result.value.explanation !== undefined) return ok(result.value.explanation);
      if (result?.status === "rejected") throw result.reason;
      throw new AffektError("internal", "The explanation did not come.", "Try again.");
    },
  );
}
