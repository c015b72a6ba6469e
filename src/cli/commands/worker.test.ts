import { expect, test } from "vitest";
import { fakeTools } from "../../../test/support/tools.ts";
import { runProgram } from "../program.ts";

test("affekt worker works until it is told to stop, and stops in order", async () => {
  const said: string[] = [];
  let asked: unknown;
  const tools = fakeTools({
    argv: ["worker", "--workers", "2", "--media-dir", "m"],
    work: async ({ log, ...options }) => {
      asked = options;
      log?.write('{"a":1}\n');
      return { running: () => 0, pids: () => [], reload: async () => {}, close: async () => void said.push("closed") };
    },
    untilStopped: async () => void said.push("stopped"),
  });
  expect(await runProgram(tools)).toBe(0);
  expect(asked).toEqual({ workers: 2, mediaDir: "m", dataDir: "affekt-data" });
  expect(tools.out).toEqual(['{"a":1}']);
  expect(said).toEqual(["stopped", "closed"]);
});

test("a worker without a PostgreSQL server says what it needs", async () => {
  const { startWorker } = await import("../../server/worker.ts");
  await expect(startWorker({ databaseUrl: undefined, dataDir: "d" })).rejects.toMatchObject({
    code: "config",
    hint: expect.stringContaining("DATABASE_URL"),
  });
});

test("affekt backup and restore name what they did", async () => {
  const calls: unknown[] = [];
  const tools = (line: string) =>
    fakeTools({
      argv: line.split(" "),
      backup: async (...where) => calls.push(where),
      restore: async (...where) => {
        calls.push(where);
        return { jobs: 2 };
      },
    });
  const first = tools("backup out.gz --data-dir d");
  expect(await runProgram(first)).toBe(0);
  expect(first.err.join("")).toContain("1 rows are in out.gz");
  const second = tools("restore out.gz");
  expect(await runProgram(second)).toBe(0);
  expect(second.err.join("")).toContain("Restored: jobs 2.");
  expect(calls).toEqual([
    ["d", "out.gz"],
    ["affekt-data", "out.gz"],
  ]);
});
