import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ROOT } from "./tree.ts";

function tsc(...more: string[]): { status: number | null; out: string } {
  const compiler = `${ROOT}node_modules/@typescript/native/bin/tsc`;
  const run = spawnSync(process.execPath, [compiler, "-p", "tsconfig.portable.json", ...more], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return { status: run.status, out: run.stdout + run.stderr };
}

test("the portable folders compile without DOM and Node types", () => {
  const { status, out } = tsc("--noEmit");
  expect(out).toBe("");
  expect(status).toBe(0);
});

test("no dependency smuggles DOM or Node types into the portable folders", () => {
  const files = tsc("--listFilesOnly").out.split("\n");
  expect(files.filter((file) => file.includes("/src/")).length).toBeGreaterThan(8);
  expect(files.filter((file) => /lib\.dom|@types\/node|bun-types/.test(file))).toEqual([]);
});
