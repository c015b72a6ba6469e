import { expect, test } from "vitest";
import { fakeTools } from "../../../test/support/tools.ts";
import type { ServiceOptions } from "../../server/service.ts";
import { runProgram } from "../program.ts";

test("affekt serve says where it listens, serves until it is told to stop, and stops in order", async () => {
  const said: string[] = [];
  let asked: Omit<ServiceOptions, "log"> | undefined;
  const tools = fakeTools({
    argv: ["serve", "--port", "0", "--workers", "2", "--data-dir", "d", "--keep-days", "0"],
    serve: async ({ log, ...options }) => {
      asked = options;
      log?.write('{"a":1}\n');
      return {
        url: "http://127.0.0.1:4711",
        load: () => ({ waiting: 0, running: 0, ready: 0 }),
        pids: () => [],
        streamPids: () => [],
        warmStreams: async () => {},
        close: async () => void said.push("closed"),
      };
    },
    untilStopped: async () => void said.push("stopped"),
  });
  expect(await runProgram(tools)).toBe(0);
  expect(asked).toEqual({
    version: "1.2.3",
    port: 0,
    host: "127.0.0.1",
    workers: 2,
    dataDir: "d",
    keepDays: 0,
    jobs: true,
    ratePerMinute: 1_200,
  });
  expect(tools.err.join("")).toContain("affekt listens on http://127.0.0.1:4711");
  expect(tools.out).toEqual(['{"a":1}']);
  expect(said).toEqual(["stopped", "closed"]);
});

test.each([
  ["--port", "-1"],
  ["--port", "x"],
  ["--workers", "0"],
  ["--keep-days", "1.5"],
])("affekt serve %s %s is a usage error", async (option, value) => {
  const tools = fakeTools({ argv: ["serve", `${option}=${value}`] });
  expect(await runProgram(tools)).toBe(2);
  expect(tools.err.join("")).toContain(option);
});
