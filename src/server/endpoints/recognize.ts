/** `POST /v1/recognize`: one utterance, or a batch of them. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { MODALITIES } from "../../core/modality.ts";
import type { Store } from "../../store/store.ts";
import { type Caller, type Endpoint, endpoint, ok } from "../endpoint.ts";
import { Identifier } from "../identifier.ts";
import type { Limits } from "../limits.ts";
import { MediaField } from "../media-field.ts";
import { predictionReply } from "../prediction-reply.ts";
import { BatchReply, PredictionReply } from "../prediction-schema.ts";
import { problemOf } from "../problem.ts";
import type { Recognize } from "../recognize-port.ts";
import { admitItems, keeping, type Scenarios, scenarioFields } from "../scenarios.ts";

/** Keeps what was recognized. */
type Keep = (owner: string, predictions: readonly PredictionReply[]) => Promise<void>;

function schemas(limits: Limits) {
  const utterance = {
    text: z.string().max(limits.textCharacters).optional().meta({ description: "English or Chinese." }),
    image: MediaField.optional(),
    audio: MediaField.optional(),
    video: MediaField.optional(),
    subject: Identifier.optional().meta({ description: "A pseudonym of the person, under which results are kept." }),
    session: Identifier.optional().meta({ description: "What belongs together: a call, a lesson, a chat." }),
  };
  const common = {
    modalities: z.array(z.enum(MODALITIES)).min(1).optional().meta({ description: "Look at these only." }),
    ...scenarioFields,
    keep: z.boolean().default(true).meta({ description: "Whether the result may be kept. Media and texts never are." }),
  };
  const One = z.strictObject({ ...utterance, ...common }).meta({ id: "Utterance" });
  const Batch = z
    .strictObject({ inputs: z.array(z.strictObject(utterance)).min(1).max(limits.batch), ...common })
    .meta({ id: "Batch" });
  return { One, Batch };
}

interface RecognizeParts {
  readonly recognize: Recognize;
  readonly needRoom: () => void;
  readonly limits: Limits;
  readonly keep?: Keep | undefined;
  readonly scenarios: Scenarios;
  readonly store: Pick<Store, "validConsents">;
  readonly clock: () => Date;
}

/** Whom and what an utterance is about. */
function about(item: { readonly subject?: string | undefined; readonly session?: string | undefined } = {}) {
  return { subject: item.subject, session: item.session };
}

export function recognizeEndpoint({
  recognize,
  needRoom,
  limits,
  keep,
  scenarios,
  store,
  clock,
}: RecognizeParts): Endpoint {
  const { One, Batch } = schemas(limits);
  type Item = Omit<z.infer<typeof One>, "keep" | "modalities" | "scenario" | "jurisdiction">;

  async function remember(caller: Caller, wanted: boolean, found: readonly PredictionReply[]): Promise<void> {
    if (wanted && found.length > 0) await keep?.(caller.owner, found);
  }

  return endpoint(
    {
      method: "POST",
      path: "/v1/recognize",
      summary: "Recognize the emotion that a person appears to express",
      description:
        "One utterance as any of text, image, audio and video, or up to " +
        `${limits.batch} of them under \`inputs\`. Media come as base64 in JSON, or as files in multipart/form-data; ` +
        "there, several values of one field make a batch. Media and texts are dropped after use.",
      scope: "recognize",
      multipart: true,
      idempotent: true,
      needRoom,
      body: z.union([One, Batch]),
      branch: (sent) => (typeof sent === "object" && sent !== null && "inputs" in sent ? Batch : One),
      replies: {
        200: {
          says: "A prediction, or one result per utterance of a batch.",
          schema: z.union([PredictionReply, BatchReply]),
        },
      },
      fails: [
        "input",
        "limit",
        "content-type",
        "media",
        "no-face",
        "no-modality",
        "no-speech",
        "not-found",
        "policy",
        "conflict",
        "busy",
        "unavailable",
        "deadline",
        "model",
        "missing-tool",
      ],
    },
    async ({ body, caller, signal, requestId }) => {
      const items: readonly Item[] = "inputs" in body ? body.inputs : [body];
      const scenario = scenarios.named(body.scenario);
      const { jurisdiction } = body;
      const asked = { owner: caller.owner, items, modalities: body.modalities, jurisdiction };
      const modalities = scenario === undefined ? body.modalities : await admitItems(store, scenario, asked);
      const results = await recognize(
        items.map(({ text, image, audio, video }) => ({
          inputs: {
            ...(text === undefined ? {} : { text }),
            ...(image === undefined ? {} : { image }),
            ...(audio === undefined ? {} : { audio }),
            ...(video === undefined ? {} : { video }),
          },
          modalities,
        })),
        { deadlineMs: limits.deadlineMs, signal },
      );
      const found = results.map((result, index) =>
        result.status === "fulfilled"
          ? predictionReply({ id: randomUUID(), now: clock(), scenario, ...about(items[index]) }, result.value)
          : undefined,
      );
      if (!("inputs" in body)) {
        const [only] = results;
        if (only?.status === "rejected") throw only.reason;
      }
      await remember(
        caller,
        body.keep,
        found.filter((one) => one !== undefined),
      );
      // An answer that may not be kept is not remembered for a repeated request either.
      const isUnkept =
        scenario !== undefined && found.some((one) => one && !keeping(scenario, clock(), one.alerts).mayKeep);
      if (!("inputs" in body)) return { ...ok(found[0]), passing: isUnkept };
      const problems = results.map((result) =>
        result.status === "rejected" ? problemOf(result.reason, requestId) : undefined,
      );
      return {
        ...ok({
          results: problems.map((problem, index) =>
            problem === undefined ? { status: "ok", prediction: found[index] } : { status: "error", problem },
          ),
        }),
        passing: isUnkept || problems.some((problem) => problem !== undefined && problem.status >= 499),
      };
    },
  );
}
