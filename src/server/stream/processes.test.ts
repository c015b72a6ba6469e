import { expect, test } from "vitest";
import type { StreamProcess } from "../../platform/node/stream-process.ts";
import type { StreamOptions } from "../../recognize/stream/options.ts";
import { createStreamProcesses } from "./processes.ts";

function byHand(most: number) {
  const started: { pid: number; killed: boolean; sessions: number }[] = [];
  const ended: string[] = [];
  const processes = createStreamProcesses(
    () => {
      let end: (reason: string) => void = () => {};
      const own = { pid: started.length + 1, killed: false, sessions: 0 };
      started.push(own);
      const process: StreamProcess = {
        pid: own.pid,
        ready: Promise.resolve(),
        ended: new Promise((resolve) => {
          end = resolve;
        }),
        async open() {
          own.sessions++;
          return { push() {}, finish: async () => {}, close() {} };
        },
        kill() {
          own.killed = true;
          end("killed");
        },
      };
      return process;
    },
    most,
    (reason) => ended.push(reason),
  );
  const listener = { event() {}, remember() {}, taken() {} };
  return { started, ended, processes, open: () => processes.open({} as StreamOptions, listener, () => {}) };
}

test("after models changed, new streams go to fresh processes, and an old one ends with its last stream", async () => {
  const { started, ended, processes, open } = byHand(2);
  const [first] = [await open(), await open()];
  expect(started.map(({ sessions }) => sessions)).toEqual([1, 1]);
  processes.renew();
  await open();
  expect(started.map(({ sessions }) => sessions)).toEqual([1, 1, 1, 0]);
  expect(started.map(({ killed }) => killed)).toEqual([false, false, false, false]);
  await first.finish();
  await Promise.resolve();
  expect(started.map(({ killed }) => killed)).toEqual([true, false, false, false]);
  // Told to end, it is nobody's loss.
  expect(ended).toEqual([]);
  expect(processes.pids()).toEqual([3, 4, 2]);
  processes.renew();
  expect(started.map(({ killed }) => killed)).toEqual([true, false, false, true, false, false]);
  await processes.close();
  expect(started.every(({ killed }) => killed)).toBe(true);
});
