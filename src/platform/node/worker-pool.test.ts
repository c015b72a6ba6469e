import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { AffektError } from "../../core/errors.ts";
import type { Settled } from "../../core/settled.ts";
import { createWorkerPool, type WorkerPoolOptions } from "./worker-pool.ts";

/** Doubles numbers; some jobs it does not survive, or refuses, or never answers. */
const SCRIPT = `
process.on("disconnect", () => process.exit());
let before = Promise.resolve();
process.on("message", (request) => void (before = before.then(() => work(request))));
async function work({ id, jobs }) {
  const answers = [];
  for (const job of jobs) {
    if (job === "die") process.kill(process.pid, "SIGKILL");
    if (job === "leave") process.exit(3);
    if (job === "hang") await new Promise(() => {});
    if (job === "pid") answers.push({ value: process.pid });
    else if (typeof job !== "number") answers.push({ error: { code: "media", message: "no " + job, hint: "" } });
    else {
      await new Promise((done) => setTimeout(done, job % 3 === 0 ? 20 : 0));
      answers.push({ value: 2 * job });
    }
  }
  process.send({ id, answers });
}
`;
const folder = mkdtempSync(join(tmpdir(), "affekt-pool-"));
const script = join(folder, "worker.mjs");
writeFileSync(script, SCRIPT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Job = number | string;

function pool(options: Partial<WorkerPoolOptions<Job>> = {}) {
  const lost = (job: Job, reason: string) => new AffektError("media", `${job}: ${reason}`, "");
  const made = createWorkerPool<Job, number>({ script, workers: 2, lost, ...options });
  onTestFinished(() => made.close());
  return made;
}

async function all(answers: AsyncIterable<Settled<number>>): Promise<(number | string)[]> {
  const list: (number | string)[] = [];
  for await (const answer of answers) list.push("value" in answer ? answer.value : answer.error.message);
  return list;
}

test("answers come in the order of the jobs, whoever is done first", async () => {
  const jobs = Array.from({ length: 40 }, (_, job) => job);
  const doubled = jobs.map((job) => 2 * job);
  const workers = pool();
  expect(await all(workers.map(jobs))).toEqual(doubled);
  expect(await all(workers.map(jobs, 7))).toEqual(doubled);
});

test("a worker that dies is replaced, and only the job that it died of is told", async () => {
  const told = "die: the worker ended without an answer (SIGKILL)";
  expect(await all(pool({ workers: 1 }).map([1, "die", 2, "leave", 3, "bad"], 4))).toEqual([
    2,
    told,
    4,
    "leave: the worker ended without an answer (exit code 3)",
    6,
    "no bad",
  ]);
});

test("a worker that does not answer in time is ended", async () => {
  const answers = await all(pool({ timeoutMs: 3000 }).map([1, "hang", 2]));
  expect(answers).toEqual([2, "hang: no answer within 3 s", 4]);
});

test("jobs are taken only as answers are read, and no more once the reader leaves", async () => {
  let taken = 0;
  function* jobs() {
    for (; taken < 1000; ) yield taken++;
  }
  const answers = pool().map(jobs(), 5);
  await answers.next();
  await new Promise((done) => setTimeout(done, 100));
  // Two workers with two groups before each, one group more, and the one that was asked for in place of the first.
  expect(taken).toBeLessThanOrEqual(30);
  await answers.return(undefined);
  const before = taken;
  await new Promise((done) => setTimeout(done, 50));
  expect(taken).toBe(before);
});

test("no more processes than allowed take part", async () => {
  const pids = new Set(await all(pool({ workers: 2 }).map(Array<Job>(20).fill("pid"))));
  expect(pids.size).toBeLessThanOrEqual(2);
});

test("an aborted reader is told so, and the workers are gone", async () => {
  const abort = new AbortController();
  const reading = all(pool({ signal: abort.signal }).map([1, "hang"]));
  setTimeout(() => abort.abort(), 200);
  await expect(reading).rejects.toMatchObject({ code: "aborted" });
});
