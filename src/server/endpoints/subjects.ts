/** `DELETE /v1/subjects/{id}`: everything about a person goes, and the answer proves it. */
import { z } from "zod";
import type { Store } from "../../store/store.ts";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";
import { Identifier } from "../identifier.ts";
import type { JobDesk } from "../jobs/job-desk.ts";

const Counts = z.record(z.string(), z.int().nonnegative());

const Erasure = z
  .object({
    subject: z.string(),
    erased: Counts.meta({ description: "Rows deleted, per table." }),
    remaining: Counts.meta({ description: "Rows that a search afterwards still found, per table: 0." }),
  })
  .meta({ id: "Erasure" });

export function subjectsEndpoint(store: Store, desk: JobDesk, clock: () => Date): Endpoint {
  return endpoint(
    {
      method: "DELETE",
      path: "/v1/subjects/{id}",
      summary: "Erase everything about a subject",
      scope: "admin",
      params: z.strictObject({ id: Identifier }),
      replies: { 200: { says: "What was erased, and that nothing is left.", schema: Erasure } },
      fails: ["input", "unavailable"],
    },
    async ({ params: { id }, caller }) => {
      const erase = () => store.eraseSubject(caller.owner, id, clock());
      const [{ erased, remaining }, media] = await desk.erasing(caller.owner, id, erase);
      return ok({
        subject: id,
        erased: { ...erased, mediaFiles: media.erased },
        remaining: { ...remaining, mediaFiles: media.remaining },
      });
    },
  );
}
