/** `/v1/consents`: what a subject agreed to, for which purpose and under which law. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import type { Consent, Store } from "../../store/store.ts";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";
import { Identifier } from "../identifier.ts";

const ConsentReply = z
  .object({
    id: z.uuid(),
    subject: z.string(),
    purpose: z.string(),
    jurisdiction: z.string(),
    basis: z.string(),
    givenAt: z.iso.datetime(),
    withdrawnAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Consent" });

const NewConsent = z
  .strictObject({
    subject: Identifier,
    purpose: Identifier.meta({ description: "What the recognition is for." }),
    jurisdiction: Identifier.meta({ description: "Whose law applies, such as EU or US-CA." }),
    basis: Identifier.meta({ description: "The legal basis, such as consent." }),
  })
  .meta({ id: "NewConsent" });

function shown({ givenAt, withdrawnAt, ...rest }: Consent): z.infer<typeof ConsentReply> {
  return { ...rest, givenAt: givenAt.toISOString(), withdrawnAt: withdrawnAt?.toISOString() ?? null };
}

export function consentsEndpoints(store: Store, clock: () => Date): Endpoint[] {
  return [
    endpoint(
      {
        method: "POST",
        path: "/v1/consents",
        summary: "Note a subject's consent",
        scope: "recognize",
        body: NewConsent,
        replies: { 201: { says: "It is noted.", schema: ConsentReply } },
        fails: ["input", "unavailable"],
      },
      async ({ body, caller }) => {
        const consent = { id: randomUUID(), ...body, givenAt: clock() };
        await store.addConsent(caller.owner, consent);
        return { status: 201, body: shown({ ...consent, withdrawnAt: null }) };
      },
    ),
    endpoint(
      {
        method: "GET",
        path: "/v1/consents",
        summary: "List a subject's consents, newest first, withdrawn ones too",
        scope: "read",
        query: z.strictObject({ subject: Identifier }),
        replies: { 200: { says: "The consents.", schema: z.object({ consents: z.array(ConsentReply) }) } },
        fails: ["input", "unavailable"],
      },
      async ({ query: { subject }, caller }) =>
        ok({ consents: (await store.listConsents(caller.owner, subject)).map(shown) }),
    ),
    endpoint(
      {
        method: "POST",
        path: "/v1/consents/{id}/withdraw",
        summary: "Note that a consent was withdrawn",
        description: "What was recognized before stays; DELETE /v1/subjects/{id} erases it.",
        scope: "recognize",
        params: z.strictObject({ id: z.uuid() }),
        replies: { 200: { says: "It is withdrawn.", schema: z.object({ withdrawn: z.uuid() }) } },
        fails: ["input", "not-found", "unavailable"],
      },
      async ({ params: { id }, caller }) => {
        if (await store.withdrawConsent(caller.owner, id, clock())) return ok({ withdrawn: id });
        throw new AffektError(
          "not-found",
          "There is no such consent, or it is withdrawn already.",
          "See GET /v1/consents.",
        );
      },
    ),
  ];
}
