import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { CLAIM_FILE, forgetForeignClaim } from "./folder-claim.ts";

const LOCK = `run/${CLAIM_FILE}`;

const claim = (change: Record<string, unknown>) =>
  JSON.stringify({
    pid: process.pid,
    host: hostname(),
    began: null,
    since: "2026-01-31T00:00:00.000Z",
    id: "x",
    ...change,
  });

test("a folder is taken until it is given back", async () => {
  const files = temporaryFiles();
  const release = await files.claim("run");
  await expect(files.claim("run")).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(
      new RegExp(`^Another training is at work in \\S+run: process ${process.pid} on `, "u"),
    ) as string,
    hint: expect.stringContaining(CLAIM_FILE) as string,
  });
  await (await files.claim("other"))();
  await release();
  expect(await files.exists(LOCK)).toBe(false);
  await (await files.claim("run"))();
});

test("of many that want it at once one gets it, also where a killed process left its claim", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  const files = temporaryFiles({ [LOCK]: claim({ pid: child.pid }) });
  const all = await Promise.allSettled(Array.from({ length: 6 }, () => files.claim("run")));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await files.list("run")).toEqual([CLAIM_FILE]);
});

test.runIf(process.platform === "linux")(
  "a process that has got the number of a killed one holds nothing",
  async () => {
    const files = temporaryFiles({ [LOCK]: claim({ began: "1" }) });
    await (await files.claim("run"))();
  },
);

test("a process of another host is believed, until somebody knows better", async () => {
  const files = temporaryFiles({ [LOCK]: claim({ host: "elsewhere", pid: 1 }), "own/affekt.lock": claim({}) });
  await expect(files.claim("run")).rejects.toThrow("process 1 on elsewhere, since 2026-01-31");
  for (const folder of ["run", "own"]) await forgetForeignClaim(files.absolute(folder));
  await (await files.claim("run"))();
  await expect(files.claim("own")).rejects.toThrow("Another training is at work");
});

test("a claim that is just being written is respected", async () => {
  const files = temporaryFiles({ [LOCK]: "" });
  await expect(files.claim("run")).rejects.toThrow("another process");
});
