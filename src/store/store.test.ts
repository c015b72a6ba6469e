/** The same tests on the engine in this process and on a PostgreSQL server. */
import { randomUUID } from "node:crypto";
import { getTableColumns, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hasPostgres, type PostgresServer, startPostgres } from "../../test/support/postgres.ts";
import { openStore } from "./open.ts";
import * as schema from "./schema.ts";
import type { KeptPrediction, Store } from "./store.ts";

// An engine starts, which a busy machine may keep waiting.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

if (!hasPostgres)
  console.log("skipped: the store on a PostgreSQL server (apt install postgresql, or set AFFEKT_TEST_DATABASE_URL)");

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

function kept(second: number, more: Partial<KeptPrediction> = {}): KeptPrediction {
  const id = randomUUID();
  return { id, createdAt: at(second), label: "joy", confidence: 0.75, prediction: { id, text: null }, ...more };
}

const engines: [string, boolean][] = [
  ["PGlite", true],
  ["PostgreSQL", hasPostgres],
];

for (const [name, present] of engines)
  describe.skipIf(!present)(`store on ${name}`, () => {
    let store: Store;
    let server: PostgresServer | undefined;

    beforeAll(async () => {
      if (name === "PostgreSQL") server = await startPostgres();
      store = await openStore({ databaseUrl: server?.url });
    });
    afterAll(async () => {
      await store?.close();
      await server?.stop();
    });
    const owner = () => `owner-${randomUUID()}`;

    test("lists what was added, newest first, page by page, with nothing twice and nothing left out", async () => {
      const own = owner();
      // Two of them in the same millisecond.
      const added = [kept(1), kept(2), kept(2), kept(3), kept(4)];
      await store.addPredictions(own, added);
      const seen: KeptPrediction[] = [];
      for (;;) {
        const last = seen.at(-1);
        const page = await store.listPredictions(own, {}, { limit: 2, after: last });
        seen.push(...page);
        if (page.length < 2) break;
      }
      expect(seen.map(({ createdAt }) => createdAt)).toEqual([at(4), at(3), at(2), at(2), at(1)]);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(5);
      expect(seen.find(({ id }) => id === added[0]?.id)).toEqual({
        ...added[0],
        subject: undefined,
        session: undefined,
      });
    });

    test("filters by time, subject, session and label, and by owner always", async () => {
      const own = owner();
      await store.addPredictions(own, [
        kept(1, { subject: "a", session: "s" }),
        kept(2, { subject: "b", label: "anger" }),
        kept(3, { subject: "a", label: null }),
      ]);
      const count = async (filter: Parameters<Store["listPredictions"]>[1], who = own) =>
        (await store.listPredictions(who, filter, { limit: 10 })).length;
      expect(await count({})).toBe(3);
      expect(await count({ subject: "a" })).toBe(2);
      expect(await count({ subject: "a", label: "joy" })).toBe(1);
      expect(await count({ session: "s" })).toBe(1);
      expect(await count({ from: at(2) })).toBe(2);
      expect(await count({ from: at(1), to: at(3) })).toBe(2);
      expect(await count({}, owner())).toBe(0);
    });

    test("erases everything of a subject, of one owner only, and counts it", async () => {
      const [own, other] = [owner(), owner()];
      for (const who of [own, other]) {
        await store.addPredictions(who, [
          kept(1, { subject: "a", session: "s" }),
          kept(2, { subject: "a" }),
          kept(3, { subject: "b" }),
        ]);
      }
      const key = { owner: own, route: "r", key: "k" };
      await store.claim(key, "hash", at(1), at(0));
      await store.finishClaim(key, 200, { subject: "a" }, ["a"]);
      const { erased, remaining } = await store.eraseSubject(own, "a", at(9));
      expect(erased).toEqual({
        predictions: 2,
        feedback: 0,
        sessions: 1,
        jobItems: 0,
        consents: 0,
        idempotencyKeys: 1,
        subjects: 1,
      });
      expect(Object.values(remaining)).toEqual([0, 0, 0, 0, 0, 0, 0]);
      expect(await store.listPredictions(own, {}, { limit: 10 })).toHaveLength(1);
      expect(await store.listPredictions(other, { subject: "a" }, { limit: 10 })).toHaveLength(2);
      expect((await store.eraseSubject(own, "a", at(9))).erased.predictions).toBe(0);
    });

    test("expires what is too old, and who is left without anything", async () => {
      const own = owner();
      await store.addPredictions(own, [kept(1, { subject: "old", session: "old" }), kept(5, { subject: "new" })]);
      const gone = await store.expire({ predictions: at(5), claims: at(0), now: at(5) });
      expect(gone.predictions).toBeGreaterThanOrEqual(1);
      expect(gone.sessions).toBeGreaterThanOrEqual(1);
      expect((await store.listPredictions(own, {}, { limit: 10 })).map(({ subject }) => subject)).toEqual(["new"]);
      expect((await store.eraseSubject(own, "old", at(9))).erased).toMatchObject({ subjects: 0, sessions: 0 });
    });

    test("lists a scenario's answers, and expires them when it says so, with what was said about them", async () => {
      const own = owner();
      const short = kept(6, { scenario: "care", keepUntil: at(7) });
      const long = kept(6, { scenario: "care", keepUntil: at(9) });
      await store.addPredictions(own, [short, long, kept(6, { scenario: "other" }), kept(6)]);
      const of = (scenario: string) => store.listPredictions(own, { scenario }, { limit: 10 });
      expect((await of("care")).map(({ id }) => id).sort()).toEqual([short.id, long.id].sort());
      for (const { id } of [short, long]) {
        await store.addFeedback(own, { id: randomUUID(), prediction: id, label: "joy", createdAt: at(6) });
      }
      await store.expire({ predictions: at(0), claims: at(0), now: at(8) });
      expect(await of("care")).toMatchObject([{ id: long.id, scenario: "care", keepUntil: at(9) }]);
      expect(await store.listPredictions(own, {}, { limit: 10 })).toHaveLength(3);
      expect(await store.listFeedback(own, {}, { limit: 10 })).toMatchObject([{ prediction: long.id }]);
    });

    test("finds the consents of several people for one purpose, newest first, without withdrawn ones", async () => {
      const own = owner();
      const consent = (subject: string, second: number, purpose = "care") => ({
        ...{ id: randomUUID(), subject, purpose, jurisdiction: "DE", basis: "consent", givenAt: at(second) },
      });
      const [first, second, gone] = [consent("a", 1), consent("a", 2), consent("b", 1)];
      for (const one of [first, second, gone, consent("a", 3, "else"), consent("c", 1)])
        await store.addConsent(own, one);
      await store.withdrawConsent(own, gone.id, at(4));
      const found = await store.validConsents(own, "care", ["a", "b"]);
      expect(found.map(({ id }) => id)).toEqual([second.id, first.id]);
      expect(await store.validConsents(owner(), "care", ["a"])).toEqual([]);
      expect(await store.validConsents(own, "care", [])).toEqual([]);
    });

    test("gives a key to the first who claims it, and its answer to the next", async () => {
      const key = { owner: owner(), route: "r", key: "k" };
      const asked = () => store.claim(key, "hash", at(10), at(5));
      const states = (await Promise.all([asked(), asked(), asked()])).map(({ state }) => state).sort();
      expect(states).toEqual(["new", "running", "running"]);
      expect(await store.claim(key, "other hash", at(10), at(5))).toEqual({ state: "other" });
      await store.finishClaim(key, 200, { label: "joy" }, []);
      expect(await asked()).toEqual({ state: "done", status: 200, answer: { label: "joy" } });
      await store.dropClaim(key);
      expect(await asked()).toEqual({ state: "new" });
      // Claimed at 10, never answered, asked again when 11 is long ago.
      expect(await store.claim(key, "hash", at(20), at(11))).toEqual({ state: "new" });
    });

    test("keeps keys and revokes them once, by their owner", async () => {
      const own = owner();
      const id = randomUUID();
      const key = {
        id,
        owner: own,
        name: "n",
        hash: "h",
        scopes: ["read"],
        createdAt: at(1),
        expiresAt: at(2),
        revokedAt: null,
      };
      await store.addKey(key);
      expect(await store.findKey(id)).toEqual(key);
      expect(await store.listKeys(own)).toEqual([key]);
      expect(await store.hasKeys()).toBe(true);
      expect(await store.revokeKey(id, at(3), owner())).toBe(false);
      expect(await store.revokeKey(id, at(3), own)).toBe(true);
      expect(await store.revokeKey(id, at(4), own)).toBe(false);
      expect((await store.findKey(id))?.revokedAt).toEqual(at(3));
    });

    test("takes odd text as text", async () => {
      const own = owner();
      const subject = `'; drop table predictions; -- "\\ 愤怒 😡`;
      await store.addPredictions(own, [kept(1, { subject })]);
      expect(await store.listPredictions(own, { subject }, { limit: 1 })).toHaveLength(1);
    });

    test("answers with a code, not with the database's own words, when it cannot", async () => {
      await expect(store.addPredictions(owner(), [kept(1, { id: "no uuid" })])).rejects.toMatchObject({
        code: "unavailable",
        message: "The database does not answer.",
      });
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });

test("every table that can name a subject is one that erasure looks into", async () => {
  const named = Object.entries(schema)
    .filter(
      ([name, table]) =>
        is(table, PgTable) &&
        (name === "subjects" || Object.keys(getTableColumns(table)).some((column) => /^subjects?$/.test(column))),
    )
    .map(([name]) => name);
  const store = await openStore();
  const { erased } = await store.eraseSubject("owner", "a", at(1));
  await store.close();
  expect(Object.keys(erased).sort()).toEqual(named.sort());
});
