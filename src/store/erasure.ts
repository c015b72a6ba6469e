/** Erasure of a subject from every table that can hold something about one, with a count before and a search after. */
import { randomUUID } from "node:crypto";
import { and, arrayContains, count, eq, type SQL } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Database } from "./database.ts";
import { finishJobs, lockJobs } from "./job-items.ts";
import { audit, consents, feedback, idempotencyKeys, jobItems, predictions, sessions, subjects } from "./schema.ts";
import type { Counts, Store } from "./store.ts";

/** Where a subject's rows are. A new table that names subjects belongs here; a test reads the schema and looks. */
function placesOf(owner: string, subject: string): Readonly<Record<string, readonly [PgTable, SQL | undefined]>> {
  return {
    predictions: [predictions, and(eq(predictions.owner, owner), eq(predictions.subject, subject))],
    feedback: [feedback, and(eq(feedback.owner, owner), eq(feedback.subject, subject))],
    sessions: [sessions, and(eq(sessions.owner, owner), eq(sessions.subject, subject))],
    jobItems: [jobItems, and(eq(jobItems.owner, owner), eq(jobItems.subject, subject))],
    consents: [consents, and(eq(consents.owner, owner), eq(consents.subject, subject))],
    idempotencyKeys: [
      idempotencyKeys,
      and(eq(idempotencyKeys.owner, owner), arrayContains(idempotencyKeys.subjects, [subject])),
    ],
    subjects: [subjects, and(eq(subjects.owner, owner), eq(subjects.id, subject))],
  };
}

export function erasureStore(database: Database): Pick<Store, "eraseSubject"> {
  return {
    async eraseSubject(owner, subject, now) {
      const places = Object.entries(placesOf(owner, subject));
      const counted = async (within: Pick<Database, "select">): Promise<Counts> => {
        const found: Record<string, number> = {};
        for (const [name, [table, where]] of places) {
          const [row] = await within.select({ rows: count() }).from(table).where(where);
          found[name] = row?.rows ?? 0;
        }
        return found;
      };
      const erased = await database.transaction(async (change) => {
        const theirs = and(eq(jobItems.owner, owner), eq(jobItems.subject, subject));
        const named = await change.selectDistinct({ job: jobItems.job }).from(jobItems).where(theirs);
        const jobs = await lockJobs(
          change,
          named.map(({ job }) => job),
        );
        const before = await counted(change);
        for (const [, [table, where]] of places) await change.delete(table).where(where);
        await finishJobs(
          change,
          jobs.map(({ id }) => id),
          now,
        );
        // The audit says that something was erased and how much, not of whom.
        await change
          .insert(audit)
          .values({ id: randomUUID(), at: now, owner, action: "erase-subject", details: before });
        return before;
      });
      return { erased, remaining: await counted(database) };
    },
  };
}
