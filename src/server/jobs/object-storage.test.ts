/** Media of jobs in a bucket: a service and a worker that share a database and a real S3 server, and no folder. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hasPostgres, type PostgresServer, startPostgres } from "../../../test/support/postgres.ts";
import { type S3Server, startS3 } from "../../../test/support/s3.ts";
import { tinyFace, tinyText } from "../../../test/support/tiny-models.ts";
import { type Service, startService } from "../service.ts";
import { type JobWorker, startWorker } from "../worker.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

if (!hasPostgres) console.log("skipped: jobs with object storage (apt install postgresql)");

const SECRET = "a secret of tests that is 32 long";
const QUEUE = { silenceSeconds: 10, watchSeconds: 1, pauseSeconds: 1, retries: 10 };

describe.skipIf(!hasPostgres)("jobs whose media lie in a bucket", () => {
  const folder = mkdtempSync(join(tmpdir(), "affekt-object-storage-"));
  const models = join(folder, "models");
  const log: string[] = [];
  let database: PostgresServer;
  let storage: S3Server;
  let service: Service;
  let worker: JobWorker | undefined;
  let image = "";

  const shared = () => ({
    databaseUrl: database.url,
    secret: SECRET,
    s3: storage.settings,
    models,
    workers: 1,
    queue: QUEUE,
    log: { write: (line: string) => void log.push(line) },
  });

  beforeAll(async () => {
    mkdirSync(models);
    writeFileSync(join(models, "text.onnx"), tinyText());
    writeFileSync(join(models, "face.onnx"), tinyFace());
    // Too large to wait beside the job.
    const noise = {
      create: {
        width: 300,
        height: 300,
        channels: 3 as const,
        noise: { type: "gaussian" as const, mean: 128, sigma: 60 },
      },
    };
    image = (
      await sharp({ create: { ...noise.create, background: "grey" } })
        .png()
        .toBuffer()
    ).toString("base64");
    database = await startPostgres();
    storage = await startS3(join(folder, "s3"));
    service = await startService({ ...shared(), version: "1.2.3", port: 0, jobs: false, dataDir: join(folder, "a") });
  });
  afterAll(async () => {
    await worker?.close();
    await service?.close();
    await storage?.stop();
    await database?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  async function ask(path: string, body?: unknown): Promise<any> {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const reply = await fetch(`${service.url}${path}`, { ...init, headers: { "content-type": "application/json" } });
    return { status: reply.status, retryAfter: reply.headers.get("retry-after"), body: await reply.json() };
  }
  const submit = (more: Record<string, unknown> = {}) =>
    ask("/v1/jobs", { inputs: [{ text: "😀", image }], keep: false, ...more });
  const objects = () =>
    readdirSync(storage.folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.includes("affekt") && path.endsWith("object"))
      .map((path) => join(storage.folder, path));
  async function finished(id: string) {
    await vi.waitUntil(async () => (await ask(`/v1/jobs/${id}`)).body.state !== "running", {
      timeout: 200_000,
      interval: 100,
    });
    return (await ask(`/v1/jobs/${id}`)).body.counts;
  }

  test("wait there sealed, are read by a worker of another folder, and go when they are recognized", async () => {
    const { status, body } = await submit();
    expect(status).toBe(202);
    const [object, ...more] = objects();
    expect(more).toEqual([]);
    const sealed = readFileSync(object as string);
    expect(sealed.length).toBeGreaterThan(64 * 1024);
    expect(sealed.includes(Buffer.from(image, "base64").subarray(100, 132))).toBe(false);
    worker = await startWorker({ ...shared(), dataDir: join(folder, "b") });
    expect(await finished(body.id)).toMatchObject({ done: 1 });
    await vi.waitUntil(() => objects().length === 0);
  });

  test("stay for the days that the owner asked for, and no longer than the job", async () => {
    const { body } = await submit({ keepMediaDays: 2 });
    await finished(body.id);
    expect(objects()).toHaveLength(1);
    await fetch(`${service.url}/v1/jobs/${body.id}`, { method: "DELETE" });
    expect(objects()).toEqual([]);
  });

  test("a storage that is gone refuses jobs for now, and those that wait are recognized when it is back", async () => {
    await worker?.close();
    const { body: waiting } = await submit();
    const port = Number(new URL(storage.settings.endpoint).port);
    await storage.stop();
    const refused = await submit();
    expect(refused).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    worker = await startWorker({ ...shared(), dataDir: join(folder, "b") });
    await vi.waitUntil(() => log.some((line) => line.includes("object storage does not answer")));
    storage = await startS3(join(folder, "s3"), port);
    expect(await finished(waiting.id)).toMatchObject({ done: 1, dead: 0 });
  });

  test("a wrong bucket or key starts nothing, and neither log nor error holds the key", async () => {
    const key = "the-wrong-secret-key";
    const start = (wrong: object) =>
      startWorker({ ...shared(), s3: { ...storage.settings, ...wrong }, dataDir: join(folder, "c") });
    await expect(start({ bucket: "no-such-bucket" })).rejects.toMatchObject({ code: "config" });
    const failure: unknown = await start({ secretAccessKey: key }).catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ code: "config", hint: expect.stringContaining("AFFEKT_S3_SECRET_ACCESS_KEY") });
    expect(`${(failure as Error).stack} ${log.join("")}`).not.toContain(key);
    expect(log.join("")).not.toContain("S3RVER");
  });
});
