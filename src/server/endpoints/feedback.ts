/** `/v1/feedback`: what people say that an answer should have been. It teaches nothing by itself. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import type { Feedback, Store } from "../../store/store.ts";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";
import { Identifier } from "../identifier.ts";
import { cursorOf, placeOf } from "../page-cursor.ts";

const FeedbackReply = z
  .object({
    id: z.uuid(),
    prediction: z.uuid(),
    subject: z.string().nullable(),
    label: z.string(),
    reviewed: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Feedback" });

const NewFeedback = z
  .strictObject({
    prediction: z.uuid().meta({ description: "Of one of your own predictions." }),
    label: Identifier.meta({ description: "What it should have been." }),
  })
  .meta({ id: "NewFeedback" });

function shown({ createdAt, ...rest }: Feedback): z.infer<typeof FeedbackReply> {
  return { ...rest, createdAt: createdAt.toISOString() };
}

export function feedbackEndpoints(store: Store, clock: () => Date): Endpoint[] {
  return [
    endpoint(
      {
        method: "POST",
        path: "/v1/feedback",
        summary: "Say what an answer should have been",
        description: "It is kept as long as predictions are, and goes with its subject.",
        scope: "recognize",
        body: NewFeedback,
        replies: { 201: { says: "It is noted.", schema: z.object({ id: z.uuid() }) } },
        fails: ["input", "not-found", "unavailable"],
      },
      async ({ body, caller }) => {
        const id = randomUUID();
        if (await store.addFeedback(caller.owner, { id, ...body, createdAt: clock() })) {
          return { status: 201, body: { id } };
        }
        throw new AffektError("not-found", "There is no such prediction.", "It may have expired; see /v1/predictions.");
      },
    ),
    endpoint(
      {
        method: "GET",
        path: "/v1/feedback",
        summary: "List feedback, oldest first",
        scope: "read",
        query: z.strictObject({
          reviewed: z
            .enum(["true", "false"])
            .transform((value) => value === "true")
            .optional(),
          limit: z.coerce.number().int().min(1).max(500).default(50),
          cursor: z.string().max(200).optional(),
        }),
        replies: {
          200: {
            says: "A page of feedback.",
            schema: z.object({ feedback: z.array(FeedbackReply), next: z.string().nullable() }),
          },
        },
        fails: ["input", "unavailable"],
      },
      async ({ query: { reviewed, limit, cursor }, caller }) => {
        const after = cursor === undefined ? undefined : placeOf(cursor);
        const found = await store.listFeedback(caller.owner, { reviewed }, { limit: limit + 1, after });
        const page = found.slice(0, limit);
        const last = page.at(-1);
        return ok({
          feedback: page.map(shown),
          next: found.length > limit && last !== undefined ? cursorOf(last) : null,
        });
      },
    ),
    endpoint(
      {
        method: "POST",
        path: "/v1/feedback/{id}/review",
        summary: "Say that a person has looked at it",
        description: "Only reviewed feedback may become training data.",
        scope: "admin",
        params: z.strictObject({ id: z.uuid() }),
        replies: { 200: { says: "It is reviewed.", schema: z.object({ reviewed: z.uuid() }) } },
        fails: ["input", "not-found", "unavailable"],
      },
      async ({ params: { id }, caller }) => {
        if (await store.reviewFeedback(caller.owner, id)) return ok({ reviewed: id });
        throw new AffektError("not-found", "There is no such feedback.", "See GET /v1/feedback.");
      },
    ),
  ];
}
