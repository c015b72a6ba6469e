/** Jobs as a whole: made, listed, cancelled, replayed, deleted. */
import { and, count, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { fromDrizzle } from "pg-boss";
import type { Change, Database } from "./database.ts";
import type { ItemState, Job, JobState, JobStore, SqlExecutor } from "./job-store.ts";
import { jobItems as items, jobs } from "./schema.ts";

type Part = Pick<
  JobStore,
  "addJob" | "findJob" | "listJobs" | "cancelJob" | "deleteJob" | "replayItems" | "allWaiting"
>;

/** Rows that one statement writes: a statement takes at most 65,535 values. */
const ROWS = 1_000;
const NONE: Readonly<Record<ItemState, number>> = { waiting: 0, done: 0, failed: 0, dead: 0, cancelled: 0 };

/** A transaction as the queue sees it. */
function executorOf(change: Change): SqlExecutor {
  return fromDrizzle(change as Parameters<typeof fromDrizzle>[0], sql as Parameters<typeof fromDrizzle>[1]);
}

const ownedBy = (owner: string | undefined, id: string): SQL | undefined =>
  and(eq(jobs.id, id), owner === undefined ? undefined : eq(jobs.owner, owner));

export function jobStore(database: Database): Part {
  async function withCounts(found: readonly (typeof jobs.$inferSelect)[]): Promise<Job[]> {
    if (found.length === 0) return [];
    const ids = found.map(({ id }) => id);
    const rows = await database
      .select({ job: items.job, state: items.state, rows: count() })
      .from(items)
      .where(inArray(items.job, ids))
      .groupBy(items.job, items.state);
    return found.map(({ id, owner, state, createdAt, finishedAt, total, rules }) => {
      const own = rows.filter(({ job }) => job === id).map(({ state: of, rows: many }) => [of, many] as const);
      const counts = { ...NONE, ...Object.fromEntries(own) };
      const scenario = (rules as { id?: string } | null)?.id ?? null;
      return { id, owner, state: state as JobState, createdAt, finishedAt, total, scenario, counts };
    });
  }

  return {
    async addJob(owner, { mediaUntil, modalities, ...job }, added, enqueue) {
      await database.transaction(async (change) => {
        const row = { ...job, owner, state: "running", total: added.length };
        await change.insert(jobs).values({ ...row, modalities: modalities === null ? null : [...modalities] });
        const rows = added.map((item, position) => ({
          ...item,
          job: job.id,
          owner,
          position,
          state: "waiting",
          media: item.input === null,
          mediaUntil,
        }));
        for (let at = 0; at < rows.length; at += ROWS) await change.insert(items).values(rows.slice(at, at + ROWS));
        const ids = added.map(({ id }) => id);
        await enqueue(ids, executorOf(change));
      });
    },

    async findJob(owner, id) {
      return (await withCounts(await database.select().from(jobs).where(ownedBy(owner, id))))[0];
    },

    async listJobs(owner, { limit, after }) {
      const found = await database
        .select()
        .from(jobs)
        .where(
          and(
            owner === undefined ? undefined : eq(jobs.owner, owner),
            after &&
              sql`(${jobs.createdAt}, ${jobs.id}) < (${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`,
          ),
        )
        .orderBy(desc(jobs.createdAt), desc(jobs.id))
        .limit(limit);
      return withCounts(found);
    },

    async cancelJob(owner, id, now) {
      return database.transaction(async (change) => {
        const [running] = await change
          .update(jobs)
          .set({ state: "cancelled", finishedAt: now })
          .where(and(ownedBy(owner, id), eq(jobs.state, "running")))
          .returning({ id: jobs.id });
        if (running === undefined) return undefined;
        const ended = await change
          .update(items)
          .set({ state: "cancelled", input: null, mediaUntil: null, finishedAt: now })
          .where(and(eq(items.job, id), eq(items.state, "waiting")))
          .returning({ id: items.id });
        return ended.map((item) => item.id);
      });
    },

    async deleteJob(owner, id) {
      return database.transaction(async (change) => {
        const [gone] = await change.delete(jobs).where(ownedBy(owner, id)).returning({ id: jobs.id });
        if (gone === undefined) return undefined;
        const left = await change
          .delete(items)
          .where(eq(items.job, id))
          .returning({ id: items.id, media: items.media });
        return left.filter(({ media }) => media).map((item) => item.id);
      });
    },

    async replayItems(owner, job, enqueue) {
      return database.transaction(async (change) => {
        const [found] = await change
          .update(jobs)
          .set({ state: "running", finishedAt: null })
          .where(
            and(
              ownedBy(owner, job),
              sql`exists (select 1 from ${items} where ${items.job} = ${jobs.id} and ${items.state} = 'dead')`,
            ),
          )
          .returning({ id: jobs.id });
        if (found === undefined) return 0;
        const revived = await change
          .update(items)
          .set({ state: "waiting", problem: null, finishedAt: null })
          .where(and(eq(items.job, job), eq(items.state, "dead")))
          .returning({ id: items.id });
        const ids = revived.map(({ id }) => id);
        await enqueue(ids, executorOf(change));
        return ids.length;
      });
    },

    async allWaiting(enqueue) {
      return database.transaction(async (change) => {
        const found = await change.select({ id: items.id }).from(items).where(eq(items.state, "waiting"));
        const ids = found.map(({ id }) => id);
        if (ids.length > 0) await enqueue(ids, executorOf(change));
        return ids.length;
      });
    },
  };
}
