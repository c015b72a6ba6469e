/** A thousand jobs, and something is killed in the middle of them: every one ends exactly once in the results. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { hasPostgres, startPostgres } from "../../../test/support/postgres.ts";
import { tinyText } from "../../../test/support/tiny-models.ts";
import { startService } from "../service.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "affekt-job-faults-"));
const models = join(folder, "models");
const SECRET = "a secret of tests that is 32 long";
/** As short as the queue takes them, so that a test need not wait long for those who were killed. */
const QUEUE = { silenceSeconds: 10, watchSeconds: 1, pauseSeconds: 1, retries: 10 };
const MANY = 1_000;

beforeAll(() => {
  mkdirSync(models);
  writeFileSync(join(models, "text.onnx"), tinyText());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const moduleUrl = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));

/** A process of its own, so that it can be killed like one. */
function run(source: string, options: unknown): { readonly child: ChildProcess; readonly said: Promise<string> } {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", source, JSON.stringify(options)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = new Promise<string>((resolve) => child.stdout?.once("data", (text) => resolve(String(text).trim())));
  return { child, said };
}

const WORKER = `
import { startWorker } from ${moduleUrl("../worker.ts")};
const worker = await startWorker(JSON.parse(process.argv[1]));
process.once("SIGTERM", () => void worker.close().then(() => process.exit(0)));
process.stdout.write("ready\\n");`;

const SERVICE = `
import { startService } from ${moduleUrl("../service.ts")};
const service = await startService(JSON.parse(process.argv[1]));
process.stdout.write(service.url + "\\n");`;

interface Job {
  readonly id: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
}

async function submit(url: string, many = MANY): Promise<string> {
  const inputs = Array.from({ length: many }, (_, at) => ({ id: String(at), text: at % 2 === 0 ? "😀" : "😡" }));
  const body = JSON.stringify({ inputs });
  const reply = await fetch(`${url}/v1/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(reply.status).toBe(202);
  return ((await reply.json()) as Job).id;
}

/** Waits until so many have ended; outages in between are waited for. */
async function ended(url: string, id: string, least: number): Promise<Job> {
  let job: Job | undefined;
  await vi.waitUntil(
    async () => {
      const reply = await fetch(`${url}/v1/jobs/${id}`).catch(() => undefined);
      if (reply?.status !== 200) return false;
      job = (await reply.json()) as Job;
      return least < MANY ? (job.counts.done ?? 0) >= least : job.state !== "running";
    },
    { timeout: 400_000, interval: 20 },
  );
  return job as Job;
}

/** Every item once, with the label that belongs to it. */
async function expectEachOnce(url: string, id: string, many = MANY): Promise<void> {
  const text = await (await fetch(`${url}/v1/jobs/${id}/results`)).text();
  const rows = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; prediction?: { label: string } });
  expect(rows.map((row) => row.id)).toEqual(Array.from({ length: many }, (_, at) => String(at)));
  const wrong = rows.filter((row, at) => row.prediction?.label !== (at % 2 === 0 ? "joy" : "anger"));
  expect(wrong).toEqual([]);
  let [kept, cursor]: [string[], string | null] = [[], ""];
  while (cursor !== null) {
    const page = await fetch(`${url}/v1/predictions?limit=500${cursor === "" ? "" : `&cursor=${cursor}`}`);
    const found = (await page.json()) as { predictions: { id: string }[]; next: string | null };
    kept = [...kept, ...found.predictions.map((one) => one.id)];
    cursor = found.next;
  }
  expect([kept.length, new Set(kept).size]).toEqual([many, many]);
}

if (!hasPostgres) console.log("skipped: workers are killed in the middle of jobs (apt install postgresql)");
test.skipIf(!hasPostgres || process.env.AFFEKT_TEST_DATABASE_URL !== undefined)(
  "kill -9 of a worker, SIGTERM of another and a crash of PostgreSQL in the middle of 1,000 jobs lose and double none",
  async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const common = { databaseUrl: server.url, secret: SECRET, models, workers: 1, mediaDir: join(folder, "media") };
    const service = await startService({ ...common, version: "1.2.3", port: 0, jobs: false, queue: QUEUE });
    onTestFinished(() => service.close());
    const worker = () => run(WORKER, { ...common, dataDir: folder, queue: QUEUE });
    const [killed, drained] = [worker(), worker()];
    await Promise.all([killed.said, drained.said]);
    const id = await submit(service.url);
    await ended(service.url, id, 50);
    killed.child.kill("SIGKILL");
    await ended(service.url, id, 200);
    await server.crash?.();
    const away = await fetch(`${service.url}/v1/jobs/${id}`);
    expect(away.status).toBe(503);
    expect(Number(away.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    server.restart?.();
    await ended(service.url, id, 300);
    const gone = new Promise((resolve) => drained.child.once("exit", resolve));
    drained.child.kill("SIGTERM");
    expect(await gone).toBe(0);
    await worker().said;
    expect(await ended(service.url, id, MANY)).toMatchObject({ state: "done", counts: { done: MANY, dead: 0 } });
    await expectEachOnce(service.url, id);
  },
);

test("kill -9 of a service on PGlite in the middle of jobs loses and doubles none", async () => {
  const options = { version: "1.2.3", port: 0, models, workers: 1, dataDir: join(folder, "data"), queue: QUEUE };
  const first = run(SERVICE, options);
  const url = await first.said;
  const id = await submit(url);
  const exited = new Promise((resolve) => first.child.once("exit", resolve));
  await ended(url, id, 100);
  first.child.kill("SIGKILL");
  await exited;
  const second = run(SERVICE, options);
  const again = await second.said;
  expect(await ended(again, id, MANY)).toMatchObject({ state: "done", counts: { done: MANY } });
  await expectEachOnce(again, id);
});
