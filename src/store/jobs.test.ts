/** The same tests on the engine in this process and on a PostgreSQL server. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hasPostgres, type PostgresServer, startPostgres } from "../../test/support/postgres.ts";
import type { NewItem, Outcome } from "./job-store.ts";
import { openStore } from "./open.ts";
import type { Store } from "./store.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

if (!hasPostgres) console.log("skipped: jobs on a PostgreSQL server (apt install postgresql)");

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const BYTES = Uint8Array.of(0, 1, 255, 39);

const item = (more: Partial<NewItem> = {}): NewItem => ({ id: randomUUID(), input: BYTES, ...more });
const done = ({ id }: { id: string }, label = "joy"): Outcome => ({
  id,
  state: "done",
  label,
  confidence: 0.5,
  prediction: { id, label },
});

const engines: [string, boolean][] = [
  ["PGlite", true],
  ["PostgreSQL", hasPostgres],
];

for (const [name, present] of engines)
  describe.skipIf(!present)(`jobs on ${name}`, () => {
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

    async function add(items: readonly NewItem[], more: { keep?: boolean; mediaUntil?: Date; second?: number } = {}) {
      const [owner, id] = [`owner-${randomUUID()}`, randomUUID()];
      const { keep = true, mediaUntil = null, second = 1 } = more;
      let queued: readonly string[] = [];
      const job = { id, createdAt: at(second), modalities: ["text"], keep, mediaUntil };
      await store.addJob(owner, job, items, async (ids) => void (queued = ids));
      expect(queued).toEqual(items.map((one) => one.id));
      return { owner, id };
    }
    const counts = async (owner: string, id: string) => (await store.findJob(owner, id))?.counts;

    test("a job is written whole, or not at all when it cannot be queued", async () => {
      const items = [item({ name: "a", subject: "p" }), item()];
      const { owner, id } = await add(items);
      expect(await store.findJob(owner, id)).toMatchObject({ state: "running", total: 2, counts: { waiting: 2 } });
      expect(await store.findJob("another", id)).toBeUndefined();
      const [first] = await store.waitingItems([items[0]?.id ?? "", randomUUID()]);
      expect(first).toMatchObject({ job: id, owner, subject: "p", modalities: ["text"] });
      expect([...(first?.input ?? [])]).toEqual([...BYTES]);
      const lost = { id: randomUUID(), createdAt: at(1), modalities: null, keep: true, mediaUntil: null };
      await expect(store.addJob(owner, lost, [item()], () => Promise.reject(new Error("away")))).rejects.toMatchObject({
        code: "unavailable",
      });
      expect(await store.findJob(owner, lost.id)).toBeUndefined();
    });

    test("what the queue writes is part of the same commit", async () => {
      const entry = { id: randomUUID(), createdAt: at(1), modalities: null, keep: true, mediaUntil: null };
      const marker = randomUUID();
      await store.addJob("owner", entry, [item()], async ([id], { executeSql }) => {
        const { rows } = await executeSql("select id::text, $2::text as marker from job_items where id = $1", [
          id,
          marker,
        ]);
        expect(rows).toEqual([{ id, marker }]);
      });
    });

    test("a result counts once, whoever brings it, and the input goes with it", async () => {
      const items = [item({ subject: "p" }), item(), item({ input: null })];
      const { owner, id } = await add(items);
      const [a, b, c] = items as [NewItem, NewItem, NewItem];
      const both = [
        store.settleItems([done(a), done(b)], at(2)),
        store.settleItems([done(b), done(a, "anger")], at(2)),
      ];
      const settled = (await Promise.all(both)).map((one) => one.settled);
      expect(settled.reduce((sum, one) => sum + one, 0)).toBe(2);
      expect((await store.findJob(owner, id))?.state).toBe("running");
      const failed: Outcome = { id: c.id, state: "failed", problem: { code: "no-face" } };
      expect(await store.settleItems([failed], at(3))).toEqual({ settled: 1, media: [c.id] });
      expect(await store.findJob(owner, id)).toMatchObject({
        state: "done",
        finishedAt: at(3),
        counts: { waiting: 0, done: 2, failed: 1 },
      });
      expect(await store.waitingItems([a.id])).toEqual([]);
      expect(await store.listPredictions(owner, {}, { limit: 10 })).toHaveLength(2);
      const listed = await store.listItems(owner, id, { after: 0, limit: 10 });
      expect(listed.map(({ position, state }) => [position, state])).toEqual([
        [1, "done"],
        [2, "failed"],
      ]);
    });

    test("two who bring the last results at the same time leave no job open", async () => {
      const items = Array.from({ length: 40 }, () => item());
      const { owner, id } = await add(items, { keep: false });
      await Promise.all(items.map((one) => store.settleItems([done(one)], at(2))));
      expect(await store.findJob(owner, id)).toMatchObject({ state: "done", counts: { done: 40 } });
      expect(await store.listPredictions(owner, {}, { limit: 1 })).toEqual([]);
    });

    test("a cancelled job keeps what it has and gets nothing more", async () => {
      const items = [item(), item()];
      const { owner, id } = await add(items);
      const [a, b] = items as [NewItem, NewItem];
      await store.settleItems([done(a)], at(2));
      expect(await store.cancelJob("another", id, at(3))).toBeUndefined();
      expect(await store.cancelJob(owner, id, at(3))).toEqual([b.id]);
      expect(await store.cancelJob(owner, id, at(3))).toBeUndefined();
      expect((await store.settleItems([done(b)], at(4))).settled).toBe(0);
      expect(await counts(owner, id)).toMatchObject({ done: 1, cancelled: 1 });
    });

    test("dead items keep their input and may be replayed", async () => {
      const one = item();
      const { owner, id } = await add([one]);
      await store.settleItems([{ id: one.id, state: "dead", problem: { code: "unavailable" } }], at(2));
      expect(await store.findJob(owner, id)).toMatchObject({ state: "done", counts: { dead: 1 } });
      expect((await store.deadItems(owner, 10)).map((dead) => dead.id)).toEqual([one.id]);
      const queued: string[] = [];
      expect(await store.replayItems(owner, id, async (ids) => void queued.push(...ids))).toBe(1);
      expect(queued).toEqual([one.id]);
      expect((await store.waitingItems([one.id]))[0]?.input).toEqual(BYTES);
      expect(await store.replayItems(owner, id, async () => {})).toBe(0);
    });

    test("erasing a subject takes its items out of every job, and no job waits for them", async () => {
      const items = [item({ subject: "p" }), item({ subject: "p", input: null }), item()];
      const { owner, id } = await add(items);
      await store.settleItems([done(items[2] as NewItem)], at(2));
      expect(await store.mediaOf(owner, "p")).toEqual([items[1]?.id]);
      const { erased, remaining } = await store.eraseSubject(owner, "p", at(3));
      expect([erased.jobItems, remaining.jobItems]).toEqual([2, 0]);
      expect(await store.findJob(owner, id)).toMatchObject({ state: "done", counts: { done: 1, waiting: 0 } });
    });

    test("expiry drops old jobs, fails what was never read, and lets go of media whose time is over", async () => {
      const [kept, unread, old] = [item({ input: null }), item({ input: null }), item()];
      const media = await add([kept], { mediaUntil: at(20), second: 18 });
      expect(await store.settleItems([done(kept)], at(18))).toEqual({ settled: 1, media: [] });
      expect(await store.mediaInUse([kept.id])).toEqual([kept.id]);
      const late = await add([unread], { second: 5 });
      const gone = await add([old], { second: 2 });
      await store.settleItems([done(old)], at(3));
      const before = { jobs: at(4), unread: at(6), now: at(21) };
      const found = await store.expireJobs(before, { code: "deadline" });
      expect(found.media).toEqual(expect.arrayContaining([kept.id, unread.id]));
      expect(await counts(late.owner, late.id)).toMatchObject({ failed: 1 });
      expect(await store.findJob(gone.owner, gone.id)).toBeUndefined();
      expect(await store.mediaInUse([kept.id])).toEqual([]);
      expect(await counts(media.owner, media.id)).toMatchObject({ done: 1 });
    });

    test("jobs are listed newest first, page by page, and are deleted with their results", async () => {
      const { owner, id } = await add([item({ input: null })], { second: 1 });
      const newer = { id: randomUUID(), createdAt: at(2), modalities: null, keep: true, mediaUntil: null };
      await store.addJob(owner, newer, [item()], async () => {});
      const [first] = await store.listJobs(owner, { limit: 1 });
      expect(first?.id).toBe(newer.id);
      expect((await store.listJobs(owner, { limit: 2, after: first })).map((job) => job.id)).toEqual([id]);
      expect(await store.deleteJob("another", id)).toBeUndefined();
      expect(await store.deleteJob(owner, id)).toHaveLength(1);
      expect(await store.listItems(owner, id, { after: -1, limit: 1 })).toEqual([]);
    });

    test("feedback is about a prediction of one's own, and consents are given and withdrawn once", async () => {
      const one = item({ subject: "p" });
      const { owner } = await add([one]);
      await store.settleItems([done(one)], at(2));
      const said = { id: randomUUID(), prediction: one.id, label: "anger", createdAt: at(3) };
      expect(await store.addFeedback("another", said)).toBe(false);
      expect(await store.addFeedback(owner, said)).toBe(true);
      expect(await store.reviewFeedback("another", said.id)).toBe(false);
      expect(await store.reviewFeedback(owner, said.id)).toBe(true);
      const expected = [{ ...said, subject: "p", reviewed: true }];
      expect(await store.listFeedback(owner, { reviewed: true }, { limit: 10 })).toEqual(expected);
      expect(await store.listFeedback(owner, { reviewed: false }, { limit: 10 })).toEqual([]);
      const place = { createdAt: said.createdAt, id: said.id };
      expect(await store.listFeedback(owner, {}, { limit: 10, after: place })).toEqual([]);

      const consent = { id: randomUUID(), subject: "q", purpose: "care", jurisdiction: "EU", basis: "consent" };
      await store.addConsent(owner, { ...consent, givenAt: at(1) });
      expect(await store.withdrawConsent("another", consent.id, at(2))).toBe(false);
      expect(await store.withdrawConsent(owner, consent.id, at(2))).toBe(true);
      expect(await store.withdrawConsent(owner, consent.id, at(3))).toBe(false);
      expect(await store.listConsents(owner, "q")).toEqual([{ ...consent, givenAt: at(1), withdrawnAt: at(2) }]);
      expect((await store.eraseSubject(owner, "q", at(4))).erased).toMatchObject({ consents: 1, subjects: 1 });
    });
  });
