/** `/v1/jobs`: many utterances, recognized when there is time. */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import type { Job } from "../../store/job-store.ts";
import type { Store } from "../../store/store.ts";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";
import { jobSchemas, readJobBody } from "../jobs/job-body.ts";
import type { JobDesk } from "../jobs/job-desk.ts";
import { RESULT_FORMATS, RESULT_TYPES, resultStream } from "../jobs/job-results.ts";
import type { Limits } from "../limits.ts";
import { cursorOf, placeOf } from "../page-cursor.ts";

const Count = z.int().nonnegative();
const JobReply = z
  .object({
    id: z.uuid(),
    state: z.enum(["running", "done", "cancelled"]),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    scenario: z.string().nullable().meta({ description: "Use case whose rules apply." }),
    total: Count.meta({ description: "Utterances that were sent." }),
    counts: z.object({ waiting: Count, done: Count, failed: Count, dead: Count, cancelled: Count }).meta({
      description:
        "How many are in which state. failed: cannot be recognized; dead: nobody managed to, may be replayed.",
    }),
  })
  .meta({ id: "Job" });

const Id = z.strictObject({ id: z.uuid() });
const FORM = {
  "application/x-ndjson": { type: "string", description: "One JobUtterance a line; options go into the query." },
  "multipart/form-data": {
    type: "object",
    description:
      "Files: each is an utterance, unless `manifest` (JSON Lines, a field or a .jsonl file) says which belong " +
      "together by naming them. Options are fields.",
    properties: { manifest: { type: "string" } },
    additionalProperties: { type: "string", contentMediaType: "application/octet-stream" },
  },
};

function shown({ id, state, createdAt, finishedAt, total, scenario, counts }: Job): z.infer<typeof JobReply> {
  return {
    id,
    state,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    scenario,
    total,
    counts: { ...counts },
  };
}

function missing(): AffektError {
  return new AffektError("not-found", "There is no such job.", "See GET /v1/jobs.");
}

export function jobsEndpoints(store: Store, desk: JobDesk, limits: Limits): Endpoint[] {
  const { Body } = jobSchemas(limits);
  const find = async (owner: string, id: string): Promise<Job> => {
    const found = await store.findJob(owner, id);
    if (found === undefined) throw missing();
    return found;
  };
  return [
    endpoint(
      {
        method: "POST",
        path: "/v1/jobs",
        summary: "Recognize many utterances when there is time",
        description:
          `Up to ${limits.jobItems} utterances as JSON, JSON Lines or files. What was sent waits encrypted, and is ` +
          "deleted as soon as it is recognized unless `keepMediaDays` says otherwise.",
        scope: "recognize",
        idempotent: true,
        body: Body,
        read: readJobBody,
        forms: FORM,
        replies: { 202: { says: "The job was taken in.", schema: JobReply } },
        fails: ["input", "limit", "content-type", "not-found", "policy", "conflict", "busy", "unavailable"],
      },
      async ({ body: { inputs, ...options }, caller }) => {
        const items = inputs.map(({ id: name, subject, session, text, image, audio, video }) => ({
          name,
          subject,
          session,
          inputs: {
            ...(text === undefined ? {} : { text }),
            ...(image === undefined ? {} : { image }),
            ...(audio === undefined ? {} : { audio }),
            ...(video === undefined ? {} : { video }),
          },
        }));
        return { status: 202, body: shown(await desk.submit(caller.owner, { ...options, items })) };
      },
    ),
    endpoint(
      {
        method: "GET",
        path: "/v1/jobs",
        summary: "List jobs, newest first",
        scope: "read",
        query: z.strictObject({
          limit: z.coerce.number().int().min(1).max(100).default(20),
          cursor: z.string().max(200).optional().meta({ description: "`next` of the page before." }),
        }),
        replies: {
          200: { says: "A page of jobs.", schema: z.object({ jobs: z.array(JobReply), next: z.string().nullable() }) },
        },
        fails: ["input", "unavailable"],
      },
      async ({ query: { limit, cursor }, caller }) => {
        const after = cursor === undefined ? undefined : placeOf(cursor);
        const found = await store.listJobs(caller.owner, { limit: limit + 1, after });
        const page = found.slice(0, limit);
        const last = page.at(-1);
        return ok({
          jobs: page.map(shown),
          next: found.length > limit && last !== undefined ? cursorOf(last) : null,
        });
      },
    ),
    endpoint(
      {
        method: "GET",
        path: "/v1/jobs/{id}",
        summary: "How far a job is",
        scope: "read",
        params: Id,
        replies: { 200: { says: "The job.", schema: JobReply } },
        fails: ["input", "not-found", "unavailable"],
      },
      async ({ params: { id }, caller }) => ok(shown(await find(caller.owner, id))),
    ),
    endpoint(
      {
        method: "GET",
        path: "/v1/jobs/{id}/results",
        summary: "The results that there are, in the order of the utterances",
        description:
          "JSON Lines hold whole predictions and problems; CSV and Parquet have a column per fact. In CSV, text that " +
          "a table program would take for a formula begins with an apostrophe.",
        scope: "read",
        params: Id,
        query: z.strictObject({ format: z.enum(RESULT_FORMATS).default("jsonl") }),
        replies: { 200: { says: "The results in the format asked for.", type: RESULT_TYPES.jsonl } },
        fails: ["input", "not-found", "unavailable", "missing-tool"],
      },
      async ({ params: { id }, query: { format }, caller }) => {
        await find(caller.owner, id);
        const body = await resultStream(store, { owner: caller.owner, job: id, format });
        return { ...ok(body), type: RESULT_TYPES[format] };
      },
    ),
    endpoint(
      {
        method: "POST",
        path: "/v1/jobs/{id}/cancel",
        summary: "Cancel what is not recognized yet",
        scope: "recognize",
        params: Id,
        replies: { 200: { says: "The job, with the results that it has.", schema: JobReply } },
        fails: ["input", "not-found", "conflict", "unavailable"],
      },
      async ({ params: { id }, caller }) => {
        const cancelled = await desk.cancel(caller.owner, id);
        if (cancelled !== undefined) return ok(shown(cancelled));
        const { state } = await find(caller.owner, id);
        throw new AffektError("conflict", `The job is ${state} already.`, "Nothing to do.");
      },
    ),
    endpoint(
      {
        method: "POST",
        path: "/v1/jobs/{id}/replay",
        summary: "Try again what nobody managed to recognize",
        scope: "recognize",
        params: Id,
        replies: {
          200: { says: "How many wait again.", schema: z.object({ replayed: Count, job: JobReply }) },
        },
        fails: ["input", "not-found", "unavailable"],
      },
      async ({ params: { id }, caller }) => {
        const replayed = await desk.replay(caller.owner, id);
        return ok({ replayed, job: shown(await find(caller.owner, id)) });
      },
    ),
    endpoint(
      {
        method: "DELETE",
        path: "/v1/jobs/{id}",
        summary: "Delete a job with its results and its media",
        description: "Predictions that its results became stay.",
        scope: "admin",
        params: Id,
        replies: { 200: { says: "It is gone.", schema: z.object({ deleted: z.uuid() }) } },
        fails: ["input", "not-found", "unavailable"],
      },
      async ({ params: { id }, caller }) => {
        if (!(await desk.remove(caller.owner, id))) throw missing();
        return ok({ deleted: id });
      },
    ),
  ];
}
