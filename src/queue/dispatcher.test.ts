import { describe, expect, onTestFinished, test } from "vitest";
import { createDispatcher, type DispatcherOptions } from "./dispatcher.ts";
import type { Worker } from "./worker.ts";

/** Workers whose every step the test takes itself. */
function byHand(options: Partial<DispatcherOptions<string>> = {}) {
  interface Handled extends Worker<string, string> {
    readonly batches: (readonly string[])[];
    answer(): void;
    end(reason: string): void;
    cancelled: number;
    killed: number;
  }
  const workers: Handled[] = [];
  const dispatcher = createDispatcher<string, string>(
    () => {
      let resolve: (answers: readonly PromiseSettledResult<string>[]) => void = () => {};
      let end: (reason: string) => void = () => {};
      const worker: Handled = {
        ready: Promise.resolve(),
        ended: new Promise((ended) => {
          end = ended;
        }),
        end: (reason) => end(reason),
        batches: [],
        cancelled: 0,
        killed: 0,
        run(batch) {
          worker.batches.push(batch);
          return new Promise((settled) => {
            resolve = settled;
          });
        },
        answer: () =>
          resolve((worker.batches.at(-1) ?? []).map((question) => ({ status: "fulfilled", value: `${question}!` }))),
        cancel: () => void worker.cancelled++,
        kill() {
          worker.killed++;
          end("killed");
        },
      };
      workers.push(worker);
      return worker;
    },
    { workers: 1, maxWaiting: 4, maxBatch: 3, kind: (question) => question[0], giveUpMs: 1, ...options },
  );
  onTestFinished(() => dispatcher.close());
  return { dispatcher, workers };
}

/** Lets everything happen that only waits for its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
const LONG = { deadlineMs: 60_000 };
const reasonOf = (result: PromiseSettledResult<string> | undefined) =>
  result?.status === "rejected" ? (result.reason as { code: string }).code : result;

describe("dispatcher", () => {
  test("asks at once what waits and is of one kind, up to the size of a batch, and answers in order", async () => {
    const { dispatcher, workers } = byHand();
    const asked = dispatcher.askAll(["a1", "b1", "a2", "a3"], LONG);
    await turn();
    workers[0]?.answer();
    await turn();
    workers[0]?.answer();
    expect((await asked).map((result) => (result as PromiseFulfilledResult<string>).value)).toEqual([
      "a1!",
      "b1!",
      "a2!",
      "a3!",
    ]);
    expect(workers[0]?.batches).toEqual([["a1", "a2", "a3"], ["b1"]]);
  });

  test("work that can wait goes behind work that cannot, and takes no place in the queue", async () => {
    const { dispatcher, workers } = byHand({ maxWaiting: 1 });
    const patient = dispatcher.askAll(["a1", "a2"], { ...LONG, patient: true });
    const more = dispatcher.askAll(["b1"], { ...LONG, patient: true });
    const hurried = dispatcher.askAll(["a3"], LONG);
    await expect(dispatcher.askAll(["a4"], LONG)).rejects.toMatchObject({ code: "busy" });
    for (let step = 0; step < 3; step++) {
      await turn();
      workers[0]?.answer();
    }
    await Promise.all([patient, more, hurried]);
    expect(workers[0]?.batches).toEqual([["a3"], ["a1", "a2"], ["b1"]]);
  });

  test("workers are renewed one after the other; what runs is answered by the old one first", async () => {
    const { dispatcher, workers } = byHand({ workers: 2 });
    await turn();
    const asked = dispatcher.askAll(["a"], LONG);
    await turn();
    const renewed = dispatcher.renew();
    await turn();
    await turn();
    expect([workers.length, workers[0]?.killed, dispatcher.load().ready]).toEqual([3, 0, 2]);
    workers[0]?.answer();
    expect(await asked).toMatchObject([{ value: "a!" }]);
    await renewed;
    expect(workers.map(({ killed }) => killed)).toEqual([1, 1, 0, 0]);
    const next = dispatcher.askAll(["b"], LONG);
    await turn();
    workers[2]?.answer();
    expect(await next).toMatchObject([{ value: "b!" }]);
  });

  test("when a fresh worker does not start, the old one stays", async () => {
    let starts = 0;
    const worker = (): Worker<string, string> => {
      const bad = ++starts > 1;
      return {
        ready: bad ? new Promise(() => {}) : Promise.resolve(),
        ended: bad ? Promise.resolve("its model is broken") : new Promise(() => {}),
        run: async (batch) => batch.map((question) => ({ status: "fulfilled", value: question })),
        cancel() {},
        kill() {},
      };
    };
    const dispatcher = createDispatcher(worker, { workers: 1, maxWaiting: 1, maxBatch: 1, kind: () => undefined });
    await expect(dispatcher.renew()).rejects.toMatchObject({
      code: "model",
      message: expect.stringContaining("its model is broken"),
    });
    expect(await dispatcher.askAll(["a"], LONG)).toMatchObject([{ value: "a" }]);
  });

  test("asks alone what has no kind", async () => {
    const { dispatcher, workers } = byHand({ kind: () => undefined });
    const asked = dispatcher.askAll(["a", "b"], LONG);
    for (let step = 0; step < 2; step++) {
      await turn();
      workers[0]?.answer();
    }
    await asked;
    expect(workers[0]?.batches).toEqual([["a"], ["b"]]);
  });

  test("refuses what does not fit into the queue, all of it, and says when to come back", async () => {
    const { dispatcher } = byHand();
    await turn();
    void dispatcher.askAll(["a"], LONG);
    void dispatcher.askAll(["b", "c", "d"], LONG);
    await expect(dispatcher.askAll(["e", "f"], LONG)).rejects.toMatchObject({ code: "busy" });
    expect(() => dispatcher.needRoom()).not.toThrow();
    void dispatcher.askAll(["e"], LONG);
    expect(() => dispatcher.needRoom()).toThrow(expect.objectContaining({ code: "busy" }));
    expect(dispatcher.load()).toEqual({ waiting: 4, running: 1, ready: 1 });
    expect(dispatcher.retryAfterSeconds()).toBeGreaterThanOrEqual(1);
  });

  test("asks once more, alone, what a worker did not survive, and gives up after the second", async () => {
    const lost: string[] = [];
    const { dispatcher, workers } = byHand({ events: { lost: (reason) => lost.push(reason) } });
    await turn();
    const asked = dispatcher.askAll(["a1", "a2"], LONG);
    await turn();
    expect(workers[0]?.batches).toEqual([["a1", "a2"]]);
    workers[0]?.end("crash");
    await turn();
    expect(workers[1]?.batches).toEqual([["a1"]]);
    workers[1]?.end("crash again");
    await turn();
    expect(workers[2]?.batches).toEqual([["a2"]]);
    workers[2]?.answer();
    const [first, second] = await asked;
    expect(reasonOf(first)).toBe("unavailable");
    expect(second).toEqual({ status: "fulfilled", value: "a2!" });
    expect(lost).toEqual(["crash", "crash again"]);
  });

  test("lets go at the deadline, stops the worker that is busy with it, and goes on with the next", async () => {
    const { dispatcher, workers } = byHand();
    await turn();
    const [result] = await dispatcher.askAll(["a"], { deadlineMs: 1 });
    expect(reasonOf(result)).toBe("deadline");
    expect(workers[0]?.cancelled).toBe(1);
    await expect.poll(() => workers[0]?.killed).toBe(1);
    const next = dispatcher.askAll(["b"], LONG);
    await expect.poll(() => workers[1]?.batches).toEqual([["b"]]);
    workers[1]?.answer();
    expect(await next).toEqual([{ status: "fulfilled", value: "b!" }]);
  });

  test("forgets what is cancelled while it waits", async () => {
    const { dispatcher, workers } = byHand();
    await turn();
    void dispatcher.askAll(["a"], LONG);
    const gone = new AbortController();
    const asked = dispatcher.askAll(["b"], { ...LONG, signal: gone.signal });
    gone.abort();
    expect(reasonOf((await asked)[0])).toBe("aborted");
    expect(dispatcher.load().waiting).toBe(0);
    expect(workers[0]?.cancelled).toBe(0);
  });

  test("answers everybody when it is closed, and nobody afterwards", async () => {
    const { dispatcher, workers } = byHand();
    await turn();
    const asked = dispatcher.askAll(["a", "b"], LONG);
    await dispatcher.close();
    expect((await asked).map(reasonOf)).toEqual(["unavailable", "unavailable"]);
    expect(workers[0]?.killed).toBe(1);
    await expect(dispatcher.askAll(["c"], LONG)).rejects.toMatchObject({ code: "unavailable" });
  });
});
