import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { openStore } from "./open.ts";

vi.setConfig({ testTimeout: 600_000 });

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "affekt-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program that writes one row after the other until it is killed. */
const WRITER = `
import { randomUUID } from "node:crypto";
import { openStore } from ${JSON.stringify(fileURLToPath(new URL("./open.ts", import.meta.url)))};
const store = await openStore({ dataDir: process.argv[1] });
for (let row = 1; ; row++) {
  await store.addPredictions("o", [{ id: randomUUID(), createdAt: new Date(), label: null, confidence: 0, prediction: {} }]);
  process.stdout.write(row + "\\n");
}`;

test("a folder belongs to one at a time, and what was written survives kill -9", async () => {
  const dataDir = temporaryFolder();
  const writer = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", WRITER, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let rows = 0;
  writer.stdout.on("data", (piece) => {
    rows = Number(String(piece).trim().split("\n").at(-1));
  });
  const ended = new Promise((resolve) => writer.once("exit", resolve));
  await vi.waitUntil(() => rows >= 3 || writer.exitCode !== null, { timeout: 120_000 });
  await expect(openStore({ dataDir })).rejects.toMatchObject({
    code: "config",
    message: expect.stringContaining(`process ${writer.pid}`),
  });
  writer.kill("SIGKILL");
  await ended;
  const store = await openStore({ dataDir });
  const found = await store.listPredictions("o", {}, { limit: 1000 });
  // The last row may have been written without having been told.
  expect(found.length).toBeGreaterThanOrEqual(rows);
  expect(found.length).toBeLessThanOrEqual(rows + 1);
  await store.close();
  expect(existsSync(join(dataDir, "lock"))).toBe(false);
});

test("a folder that cannot be one says so", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  await expect(openStore({ dataDir: join(folder, "file") })).rejects.toMatchObject({ code: "file" });
});

test("a server that is not there is told of without the password", async () => {
  const { openPostgres } = await import("./open-postgres.ts");
  const error = await openPostgres("postgres://me:secret@127.0.0.1:1/db", { waitMs: 0 }).catch((cause: Error) => cause);
  expect(error).toMatchObject({ code: "unavailable", message: expect.stringContaining("127.0.0.1:1/db") });
  expect(String(error)).not.toContain("secret");
});
