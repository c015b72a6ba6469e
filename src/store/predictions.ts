/** Kept predictions: writing, listing, expiry. */
import { and, desc, eq, gte, inArray, lt, notExists, or, sql } from "drizzle-orm";
import type { Change, Database } from "./database.ts";
import { consents, feedback, idempotencyKeys, predictions, sessions, subjects } from "./schema.ts";
import type { Counts, KeptPrediction, Store } from "./store.ts";

type Part = Pick<Store, "addPredictions" | "listPredictions" | "expire">;

/** Ids that one statement names. */
const PIECE = 1_000;

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Writes predictions and, where they are new, the subjects and sessions that they name. */
export async function keepPredictions(change: Change, owner: string, kept: readonly KeptPrediction[]): Promise<void> {
  const people = new Map<string, Date>();
  const talks = new Map<string, { startedAt: Date; subject: string | null }>();
  for (const { subject, session, createdAt } of kept) {
    if (subject !== undefined) people.set(subject, createdAt);
    if (session !== undefined) talks.set(session, { startedAt: createdAt, subject: subject ?? null });
  }
  // In one order everywhere, so that two writers never wait for each other.
  if (people.size > 0) {
    const rows = [...people].sort(byName).map(([id, firstSeen]) => ({ owner, id, firstSeen }));
    await change.insert(subjects).values(rows).onConflictDoNothing();
  }
  if (talks.size > 0) {
    const rows = [...talks].sort(byName).map(([id, talk]) => ({ owner, id, ...talk }));
    await change.insert(sessions).values(rows).onConflictDoNothing();
  }
  await change.insert(predictions).values(kept.map((one) => ({ owner, ...one })));
}

export function predictionStore(database: Database): Part {
  return {
    async addPredictions(owner, kept) {
      if (kept.length > 0) await database.transaction((change) => keepPredictions(change, owner, kept));
    },

    async listPredictions(owner, { from, to, subject, session, label, scenario }, { limit, after }) {
      const rows = await database
        .select()
        .from(predictions)
        .where(
          and(
            eq(predictions.owner, owner),
            from && gte(predictions.createdAt, from),
            to && lt(predictions.createdAt, to),
            subject === undefined ? undefined : eq(predictions.subject, subject),
            session === undefined ? undefined : eq(predictions.session, session),
            label === undefined ? undefined : eq(predictions.label, label),
            scenario === undefined ? undefined : eq(predictions.scenario, scenario),
            after &&
              sql`(${predictions.createdAt}, ${predictions.id}) < (${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`,
          ),
        )
        .orderBy(desc(predictions.createdAt), desc(predictions.id))
        .limit(limit);
      return rows.map(({ owner: _owner, subject: about, session: talk, scenario: use, keepUntil, ...rest }) => ({
        ...rest,
        subject: about ?? undefined,
        session: talk ?? undefined,
        scenario: use ?? undefined,
        keepUntil: keepUntil ?? undefined,
      }));
    },

    async expire({ predictions: before, claims, now }) {
      return database.transaction(async (change): Promise<Counts> => {
        const kept = await change
          .delete(predictions)
          .where(or(lt(predictions.createdAt, before), lt(predictions.keepUntil, now)))
          .returning({ id: predictions.id, keepUntil: predictions.keepUntil });
        // What was said about an answer goes with it where a scenario keeps answers for a shorter time.
        const early = kept.filter(({ keepUntil }) => keepUntil !== null && keepUntil < now).map(({ id }) => id);
        for (let at = 0; at < early.length; at += PIECE) {
          await change.delete(feedback).where(inArray(feedback.prediction, early.slice(at, at + PIECE)));
        }
        const said = await change.delete(feedback).where(lt(feedback.createdAt, before)).returning({ id: feedback.id });
        const used = sql`1`.as("one");
        const talks = await change
          .delete(sessions)
          .where(
            and(
              lt(sessions.startedAt, before),
              notExists(
                change
                  .select({ used })
                  .from(predictions)
                  .where(and(eq(predictions.owner, sessions.owner), eq(predictions.session, sessions.id))),
              ),
            ),
          )
          .returning({ id: sessions.id });
        const about = (table: typeof predictions | typeof consents | typeof sessions) =>
          notExists(
            change
              .select({ used })
              .from(table)
              .where(and(eq(table.owner, subjects.owner), eq(table.subject, subjects.id))),
          );
        const people = await change
          .delete(subjects)
          .where(and(lt(subjects.firstSeen, before), about(predictions), about(consents), about(sessions)))
          .returning({ id: subjects.id });
        const asked = await change
          .delete(idempotencyKeys)
          .where(lt(idempotencyKeys.createdAt, claims))
          .returning({ key: idempotencyKeys.key });
        return {
          predictions: kept.length,
          feedback: said.length,
          sessions: talks.length,
          subjects: people.length,
          idempotencyKeys: asked.length,
        };
      });
    },
  };
}
