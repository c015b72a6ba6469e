/** The utterances of jobs. A result is written once, whoever comes first; a job is done when none of its items waits. */
import { and, asc, eq, gt, inArray, isNotNull, lt, or, sql } from "drizzle-orm";
import type { Change, Database } from "./database.ts";
import type { JobItem, JobStore, Outcome } from "./job-store.ts";
import { keepPredictions } from "./predictions.ts";
import { jobItems as items, jobs } from "./schema.ts";
import type { KeptPrediction } from "./store.ts";

type Part = Pick<
  JobStore,
  "waitingItems" | "settleItems" | "listItems" | "deadItems" | "expireJobs" | "mediaInUse" | "mediaOf"
>;

/** What becomes of the sealed input of an item that needs it no more. */
const DROPPED = sql`case when ${items.mediaUntil} is null then null else ${items.input} end`;

const ITEM = {
  id: items.id,
  job: items.job,
  position: items.position,
  name: items.name,
  subject: items.subject,
  session: items.session,
  state: items.state,
  prediction: items.prediction,
  problem: items.problem,
  finishedAt: items.finishedAt,
};

/** Jobs that no item waits for any more are done. Their rows must be locked, so that two writers see each other. */
export async function finishJobs(change: Change, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  const waits = sql`exists (select 1 from ${items} where ${items.job} = ${jobs.id} and ${items.state} = 'waiting')`;
  await change
    .update(jobs)
    .set({ state: "done", finishedAt: now })
    .where(and(inArray(jobs.id, [...ids]), eq(jobs.state, "running"), sql`not ${waits}`));
}

/** In one order everywhere, so that two writers never wait for each other. */
export function lockJobs(change: Change, ids: readonly string[]) {
  return change
    .select({ id: jobs.id, keep: jobs.keep })
    .from(jobs)
    .where(inArray(jobs.id, [...ids]))
    .orderBy(asc(jobs.id))
    .for("update");
}

/** Writes one result, if there is none yet. What is dead keeps its input, so that it can be replayed. */
async function settleOne(change: Change, outcome: Outcome, now: Date) {
  const result =
    outcome.state === "done"
      ? { prediction: outcome.prediction, problem: null }
      : { prediction: null, problem: outcome.problem };
  const rows = await change
    .update(items)
    .set({ state: outcome.state, ...result, finishedAt: now, ...(outcome.state === "dead" ? {} : { input: DROPPED }) })
    .where(and(eq(items.id, outcome.id), eq(items.state, "waiting")))
    .returning();
  const mayGo = outcome.state !== "dead";
  return rows.map((row) => ({ ...row, mayGo: mayGo && row.media && row.mediaUntil === null }));
}

const mayKeep = (outcome: Outcome | undefined): boolean => outcome?.state === "done" && outcome.mayKeep !== false;

function asKept(item: typeof items.$inferSelect, outcome: Outcome | undefined, now: Date): KeptPrediction {
  const { label, confidence, prediction, scenario, keepUntil } = outcome as Extract<Outcome, { state: "done" }>;
  return {
    id: item.id,
    createdAt: now,
    subject: item.subject ?? undefined,
    session: item.session ?? undefined,
    label,
    confidence,
    prediction,
    scenario,
    keepUntil,
  };
}

export function jobItemStore(database: Database): Part {
  return {
    async waitingItems(ids) {
      if (ids.length === 0) return [];
      return database
        .select({
          id: items.id,
          job: items.job,
          owner: items.owner,
          subject: items.subject,
          session: items.session,
          input: items.input,
          modalities: jobs.modalities,
          rules: jobs.rules,
          jurisdiction: jobs.jurisdiction,
        })
        .from(items)
        .innerJoin(jobs, eq(jobs.id, items.job))
        .where(and(inArray(items.id, [...ids]), eq(items.state, "waiting")));
    },

    async settleItems(outcomes, now) {
      if (outcomes.length === 0) return { settled: 0, media: [] };
      const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
      return database.transaction(async (change) => {
        const named = await change
          .selectDistinct({ job: items.job })
          .from(items)
          .where(inArray(items.id, [...byId.keys()]));
        const locked = await lockJobs(
          change,
          named.map(({ job }) => job),
        );
        const settled: (typeof items.$inferSelect & { mayGo: boolean })[] = [];
        for (const outcome of outcomes) settled.push(...(await settleOne(change, outcome, now)));
        const kept = settled.filter(
          ({ id, job, state }) =>
            state === "done" && mayKeep(byId.get(id)) && locked.some((own) => own.id === job && own.keep),
        );
        for (const owner of new Set(kept.map((item) => item.owner))) {
          const own = kept.filter((item) => item.owner === owner);
          await keepPredictions(
            change,
            owner,
            own.map((item) => asKept(item, byId.get(item.id), now)),
          );
        }
        await finishJobs(
          change,
          locked.map(({ id }) => id),
          now,
        );
        return {
          settled: settled.length,
          media: settled.filter(({ mayGo }) => mayGo).map(({ id }) => id),
        };
      });
    },

    async listItems(owner, job, { after, limit, states }) {
      const found = await database
        .select(ITEM)
        .from(items)
        .where(
          and(
            eq(items.job, job),
            owner === undefined ? undefined : eq(items.owner, owner),
            gt(items.position, after),
            states === undefined ? undefined : inArray(items.state, [...states]),
          ),
        )
        .orderBy(asc(items.position))
        .limit(limit);
      return found as JobItem[];
    },

    async deadItems(owner, limit) {
      const found = await database
        .select(ITEM)
        .from(items)
        .where(and(eq(items.state, "dead"), owner === undefined ? undefined : eq(items.owner, owner)))
        .orderBy(asc(items.finishedAt), asc(items.id))
        .limit(limit);
      return found as JobItem[];
    },

    async expireJobs({ jobs: before, unread, now }, problem) {
      return database.transaction(async (change) => {
        const late = await change
          .select({ id: jobs.id })
          .from(jobs)
          .where(and(eq(jobs.state, "running"), lt(jobs.createdAt, unread)))
          .orderBy(asc(jobs.id))
          .for("update");
        const ids = late.map(({ id }) => id);
        const failed =
          ids.length === 0
            ? []
            : await change
                .update(items)
                .set({ state: "failed", problem, input: null, mediaUntil: null, finishedAt: now })
                .where(and(inArray(items.job, ids), eq(items.state, "waiting")))
                .returning({ id: items.id, media: items.media });
        await finishJobs(change, ids, now);
        const kept = await change
          .update(items)
          .set({ input: null, media: false, mediaUntil: null })
          .where(and(lt(items.mediaUntil, now), sql`${items.state} <> 'waiting'`))
          .returning({ id: items.id });
        const old = await change
          .delete(jobs)
          .where(and(or(lt(jobs.createdAt, before), lt(jobs.keepUntil, now)), sql`${jobs.state} <> 'running'`))
          .returning({ id: jobs.id });
        const gone: { id: string; media: boolean }[] = [];
        for (const { id } of old) {
          gone.push(
            ...(await change.delete(items).where(eq(items.job, id)).returning({ id: items.id, media: items.media })),
          );
        }
        const media = [...failed, ...gone].filter((item) => item.media).map(({ id }) => id);
        return {
          counts: { jobs: old.length, unreadItems: failed.length, keptMedia: kept.length },
          media: [...media, ...kept.map(({ id }) => id)],
        };
      });
    },

    async mediaInUse(ids) {
      if (ids.length === 0) return [];
      const found = await database
        .select({ id: items.id })
        .from(items)
        .where(
          and(
            inArray(items.id, [...ids]),
            items.media,
            or(inArray(items.state, ["waiting", "dead"]), isNotNull(items.mediaUntil)),
          ),
        );
      return found.map(({ id }) => id);
    },

    async mediaOf(owner, subject) {
      const found = await database
        .select({ id: items.id })
        .from(items)
        .where(and(eq(items.owner, owner), eq(items.subject, subject), items.media));
      return found.map(({ id }) => id);
    },
  };
}
