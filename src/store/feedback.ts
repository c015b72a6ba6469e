/** What people say about answers, and what they agreed to. */
import { and, asc, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { consents, feedback, predictions, subjects } from "./schema.ts";
import type { Consent, Store } from "./store.ts";

type Part = Pick<
  Store,
  | "addFeedback"
  | "listFeedback"
  | "reviewFeedback"
  | "addConsent"
  | "listConsents"
  | "validConsents"
  | "withdrawConsent"
>;

/** Names that one question is about. */
const NAMES = 1_000;

export function feedbackStore(database: Database): Part {
  return {
    async addFeedback(owner, said) {
      return database.transaction(async (change) => {
        const [about] = await change
          .select({ subject: predictions.subject })
          .from(predictions)
          .where(and(eq(predictions.owner, owner), eq(predictions.id, said.prediction)));
        if (about === undefined) return false;
        await change.insert(feedback).values({ ...said, owner, subject: about.subject });
        return true;
      });
    },
    async listFeedback(owner, { reviewed }, { limit, after }) {
      const found = await database
        .select()
        .from(feedback)
        .where(
          and(
            eq(feedback.owner, owner),
            reviewed === undefined ? undefined : eq(feedback.reviewed, reviewed),
            after &&
              sql`(${feedback.createdAt}, ${feedback.id}) > (${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`,
          ),
        )
        .orderBy(asc(feedback.createdAt), asc(feedback.id))
        .limit(limit);
      return found.map(({ owner: _owner, ...rest }) => rest);
    },
    async reviewFeedback(owner, id) {
      const changed = await database
        .update(feedback)
        .set({ reviewed: true })
        .where(and(eq(feedback.owner, owner), eq(feedback.id, id)))
        .returning({ id: feedback.id });
      return changed.length > 0;
    },
    async addConsent(owner, consent) {
      await database.transaction(async (change) => {
        const person = { owner, id: consent.subject, firstSeen: consent.givenAt };
        await change.insert(subjects).values(person).onConflictDoNothing();
        await change.insert(consents).values({ ...consent, owner });
      });
    },
    async listConsents(owner, subject) {
      const found = await database
        .select()
        .from(consents)
        .where(and(eq(consents.owner, owner), eq(consents.subject, subject)))
        .orderBy(desc(consents.givenAt), asc(consents.id));
      return found.map(({ owner: _owner, ...rest }) => rest);
    },
    async validConsents(owner, purpose, people) {
      const found: Consent[] = [];
      for (let at = 0; at < people.length; at += NAMES) {
        const rows = await database
          .select()
          .from(consents)
          .where(
            and(
              eq(consents.owner, owner),
              eq(consents.purpose, purpose),
              inArray(consents.subject, people.slice(at, at + NAMES)),
              isNull(consents.withdrawnAt),
            ),
          )
          .orderBy(desc(consents.givenAt), asc(consents.id));
        found.push(...rows.map(({ owner: _owner, ...rest }) => rest));
      }
      return found;
    },
    async withdrawConsent(owner, id, now) {
      const changed = await database
        .update(consents)
        .set({ withdrawnAt: now })
        .where(and(eq(consents.owner, owner), eq(consents.id, id), isNull(consents.withdrawnAt)))
        .returning({ id: consents.id });
      return changed.length > 0;
    },
  };
}
