/** From one engine into the other: what was kept is there again, and what waited waits again. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { hasPostgres, startPostgres } from "../../test/support/postgres.ts";
import { openJobQueue } from "../queue/job-queue.ts";
import { openStore } from "../store/open.ts";
import { backupTo, restoreFrom } from "./backup.ts";

vi.setConfig({ testTimeout: 300_000 });

const folder = mkdtempSync(join(tmpdir(), "affekt-backup-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

if (!hasPostgres) console.log("skipped: a backup goes from PGlite to PostgreSQL (apt install postgresql)");
test.skipIf(!hasPostgres || process.env.AFFEKT_TEST_DATABASE_URL !== undefined)(
  "a backup of PGlite is restored on PostgreSQL, jobs that wait included",
  async () => {
    const dataDir = join(folder, "data");
    const file = join(folder, "backup.gz");
    const store = await openStore({ dataDir });
    const at = new Date(Date.UTC(2026, 0, 1));
    const ids = Array.from({ length: 600 }, () => randomUUID());
    const prediction = (id: string) => ({
      id,
      createdAt: at,
      subject: "p",
      label: "joy",
      confidence: 1,
      prediction: { id },
    });
    await store.addPredictions("o", ids.map(prediction));
    const item = { id: randomUUID(), input: Uint8Array.of(0, 255) };
    const job = { id: randomUUID(), createdAt: at, modalities: ["text"], keep: true, mediaUntil: null };
    await store.addJob("o", job, [item], async () => {});
    await store.close();
    const rows = await backupTo(file, { dataDir });
    expect(rows).toBe(600 + 1 + 2);
    expect(readFileSync(file).includes("joy")).toBe(false);

    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const there = { databaseUrl: server.url };
    writeFileSync(join(folder, "cut.gz"), readFileSync(file).subarray(0, 200));
    await expect(restoreFrom(join(folder, "cut.gz"), there)).rejects.toMatchObject({
      code: expect.stringMatching(/file|data/),
    });
    expect(await restoreFrom(file, there)).toEqual({ subjects: 1, predictions: 600, jobs: 1, job_items: 1 });
    await expect(restoreFrom(file, there)).rejects.toMatchObject({ code: "conflict" });
    const again = await openStore(there);
    expect(await again.listPredictions("o", { subject: "p" }, { limit: 1000 })).toHaveLength(600);
    expect(await again.waitingItems([item.id])).toMatchObject([
      { job: job.id, input: item.input, modalities: ["text"] },
    ]);
    const queue = await openJobQueue(again.queueHome);
    expect((await queue.take(5)).map(({ id }) => id)).toEqual([item.id]);
    await queue.stop();
    await again.close();
    await expect(restoreFrom(join(folder, "nothing.gz"), there)).rejects.toMatchObject({ code: expect.any(String) });
  },
);
