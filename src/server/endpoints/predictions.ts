/** `GET /v1/predictions`: what was recognized, newest first, page by page. */
import { z } from "zod";
import type { Store } from "../../store/store.ts";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";
import { Identifier } from "../identifier.ts";
import { Moment } from "../moment.ts";
import { cursorOf, placeOf } from "../page-cursor.ts";
import { PredictionReply } from "../prediction-schema.ts";

const MOST_PER_PAGE = 500;

const Query = z.strictObject({
  from: Moment.optional().meta({ description: "Not before this time." }),
  to: Moment.optional().meta({ description: "Before this time." }),
  subject: Identifier.optional(),
  session: Identifier.optional(),
  label: Identifier.optional(),
  scenario: Identifier.optional(),
  limit: z.coerce.number().int().min(1).max(MOST_PER_PAGE).default(50),
  cursor: z.string().max(200).optional().meta({ description: "`next` of the page before; the filters stay the same." }),
});

const Page = z.object({
  predictions: z.array(PredictionReply),
  next: z.string().nullable().meta({ description: "Cursor of the next page; null on the last one." }),
});

export function predictionsEndpoint(store: Store): Endpoint {
  return endpoint(
    {
      method: "GET",
      path: "/v1/predictions",
      summary: "List what was recognized, newest first",
      scope: "read",
      query: Query,
      replies: { 200: { says: "A page of predictions.", schema: Page } },
      fails: ["input", "unavailable"],
    },
    async ({ query, caller }) => {
      const { from, to, limit, cursor, ...same } = query;
      const found = await store.listPredictions(
        caller.owner,
        {
          from: from === undefined ? undefined : new Date(from),
          to: to === undefined ? undefined : new Date(to),
          ...same,
        },
        { limit: limit + 1, after: cursor === undefined ? undefined : placeOf(cursor) },
      );
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return ok({
        predictions: page.map(({ prediction }) => prediction),
        next: found.length > limit && last !== undefined ? cursorOf(last) : null,
      });
    },
  );
}
