/** The same tests on the engine in this process and on a PostgreSQL server. */
import { randomUUID } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { hasPostgres, type PostgresServer, startPostgres } from "../../test/support/postgres.ts";
import { type JobQueue, openJobQueue } from "./job-queue.ts";
import { startRunner } from "./runner.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

if (!hasPostgres) console.log("skipped: the queue on a PostgreSQL server (apt install postgresql)");

const engines: [string, boolean][] = [
  ["PGlite", true],
  ["PostgreSQL", hasPostgres],
];

describe.each(engines)("queue on %s", (name, present) => {
  let queue: JobQueue;
  let server: PostgresServer | undefined;
  let pglite: PGlite | undefined;

  beforeAll(async () => {
    if (!present) return;
    if (name === "PostgreSQL") server = await startPostgres();
    else pglite = await PGlite.create();
    const home = pglite === undefined ? { url: server?.url ?? "" } : { pglite };
    queue = await openJobQueue(home, { retries: 1, pauseSeconds: 1, watchSeconds: 1, silenceSeconds: 10 });
  });
  afterAll(async () => {
    await queue?.stop();
    await pglite?.close();
    await server?.stop();
  });

  const ids = (many: number) => Array.from({ length: many }, () => randomUUID());
  const eventually = async <T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    let found: readonly T[] = [];
    await vi.waitUntil(async () => (found = await ask()).length > 0, { timeout: 60_000, interval: 100 });
    return found;
  };

  test.skipIf(!present)("gives out every entry once, in order, and nothing that is finished", async () => {
    const added = ids(5);
    await queue.add(added);
    const [first, rest] = [await queue.take(2), await queue.take(10)];
    expect([...first, ...rest].map(({ id }) => id).sort()).toEqual([...added].sort());
    expect(await queue.take(10)).toEqual([]);
    await queue.finish([...first, ...rest]);
  });

  test.skipIf(!present)("gives out again what was given back, after a pause, and then counts it as dead", async () => {
    const [id] = ids(1);
    await queue.add([id as string]);
    await queue.giveBack(await queue.take(1));
    expect(await queue.take(1)).toEqual([]);
    const again = await eventually(() => queue.take(1));
    expect(again).toMatchObject([{ id, entry: { retryCount: 1 } }]);
    await queue.giveBack(again);
    const dead = await eventually(() => queue.takeDead(1));
    expect(dead.map((ticket) => ticket.id)).toEqual([id]);
    await queue.bury(dead);
    expect(await queue.takeDead(1)).toEqual([]);
  });

  test.skipIf(!present)("a taker that falls silent loses its entry, and cannot finish it any more", async () => {
    const [id] = ids(1);
    await queue.add([id as string]);
    const late = await queue.take(1);
    const again = await eventually(() => queue.take(1));
    expect(again.map((ticket) => ticket.id)).toEqual([id]);
    await queue.finish(late);
    await queue.giveBack(again);
    const dead = await eventually(() => queue.takeDead(1));
    await queue.bury(dead);
  });

  test.skipIf(!present)(
    "a runner works on everything, tries again what it is told to, and buries the rest",
    async () => {
      const added = ids(20);
      const [once, never] = added as [string, string];
      const [tries, buried] = [new Map<string, number>(), [] as string[]];
      await queue.add(added);
      const runner = startRunner({
        queue,
        groups: 2,
        groupSize: 4,
        idleMs: 50,
        async work(group) {
          for (const id of group) tries.set(id, (tries.get(id) ?? 0) + 1);
          return new Set(group.filter((id) => id === never || (id === once && tries.get(id) === 1)));
        },
        bury: async (dead) => void buried.push(...dead),
      });
      await vi.waitUntil(() => buried.length > 0 && tries.get(once) === 2, { timeout: 60_000 });
      await runner.drain(0);
      expect(added.map((id) => tries.get(id))).toEqual([2, 2, ...Array(18).fill(1)]);
      expect(buried).toEqual([never]);
      expect(await queue.take(10)).toEqual([]);
    },
  );

  test.skipIf(!present)(
    "a runner that is told to stop finishes what it has, or gives it back when it takes too long",
    async () => {
      await queue.add(ids(2));
      let began = 0;
      const runner = startRunner({
        queue,
        groups: 1,
        groupSize: 1,
        idleMs: 50,
        async work(group, signal) {
          began++;
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          return new Set(group);
        },
        bury: async () => {},
      });
      onTestFinished(() => runner.drain(0));
      await vi.waitUntil(() => began === 1);
      await runner.drain(50);
      expect(runner.running()).toBe(0);
      const left = [...(await queue.take(2)), ...(await eventually(() => queue.take(2)))];
      expect(left).toHaveLength(2);
      await queue.finish(left);
    },
  );

  test.skipIf(!present)("a runner goes on after its work has thrown", async () => {
    await queue.add(ids(1));
    const seen: unknown[] = [];
    let tries = 0;
    const runner = startRunner({
      queue,
      groups: 1,
      groupSize: 1,
      idleMs: 50,
      async work() {
        tries++;
        if (tries === 1) throw new Error("away");
        return new Set<string>();
      },
      bury: async () => {},
      onError: (cause) => void seen.push(cause),
    });
    await vi.waitUntil(() => tries === 2, { timeout: 60_000 });
    await runner.drain(1000);
    expect(seen).toHaveLength(1);
  });
});
