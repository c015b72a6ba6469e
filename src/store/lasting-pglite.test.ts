import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type EngineOptions, openEngine } from "./lasting-pglite.ts";

async function opened(options?: EngineOptions) {
  const folder = mkdtempSync(join(tmpdir(), "affekt-engine-"));
  const engine = await openEngine(folder, options);
  onTestFinished(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await engine.exec("create table kept (id int)");
  return { folder, engine };
}

const rows = async (engine: Awaited<ReturnType<typeof openEngine>>) =>
  (await engine.query<{ id: number }>("select id from kept order by id")).rows.map(({ id }) => id);

test("an engine that has given up in a transaction is replaced by one that has all that was committed", async () => {
  const { folder, engine } = await opened();
  await engine.query("insert into kept values ($1)", [1]);
  // The log cannot go on in a new file, as on a full disk.
  const [log, away] = [join(folder, "pg_wal"), join(folder, "away")];
  renameSync(log, away);
  const failed = engine.transaction(async (change) => {
    await change.query("insert into kept values (2)");
    await change.query("select pg_switch_wal()");
    await change.query("insert into kept values (3)");
  });
  await expect(failed).rejects.toMatchObject({ severity: "PANIC", message: expect.stringContaining("pg_wal") });
  await expect(rows(engine)).rejects.toThrow(/failed to initialize|pg_wal/u);
  renameSync(away, log);
  expect(await rows(engine)).toEqual([1]);
  await engine.transaction((change) => change.query("insert into kept values (4)"));
  expect(await rows(engine)).toEqual([1, 4]);
});

test("without room nothing is written, and what is there can be read", async () => {
  let free = 100;
  const { engine } = await opened({ free: async () => free, room: 50 });
  await engine.query("insert into kept values (1)");
  // Longer than a look at the disk counts.
  await new Promise((resolve) => setTimeout(resolve, 600));
  free = 49;
  await expect(engine.query("insert into kept values (2)")).rejects.toMatchObject({ code: "53100" });
  await expect(engine.transaction(async () => {})).rejects.toMatchObject({ code: "53100" });
  expect(await rows(engine)).toEqual([1]);
  free = 50;
  await engine.query("insert into kept values (3)");
  expect(await rows(engine)).toEqual([1, 3]);
});
