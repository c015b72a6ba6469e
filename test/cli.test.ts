/** The program as a person starts it: `node bin/affekt.js …`. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { ROOT } from "./house/tree.ts";

beforeAll(() => {
  spawnSync(process.execPath, ["scripts/build.mjs", "--prepare"], { cwd: ROOT });
  expect(existsSync(`${ROOT}dist/cli/main.js`)).toBe(true);
}, 120_000);

function affekt(...args: string[]): { code: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, ["bin/affekt.js", ...args], { cwd: ROOT, encoding: "utf8", input: "" });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

test("the version is the package's", () => {
  expect(affekt("--version")).toMatchObject({ code: 0, out: "0.1.0\n" });
});

test.each([
  ["an unknown command", ["sing"], 2, "usage"],
  ["no input", ["recognize"], 2, "usage"],
  ["an unknown option", ["recognize", "--song", "a.mid"], 2, "usage"],
  ["a batch that is not there", ["recognize", "--batch", "no-such-file.jsonl"], 4, "file"],
  ["a manifest that is not there", ["data", "check", "no-such-file.jsonl"], 4, "file"],
])("%s exits with its code and a hint, without a stack trace", (_case, args, code, name) => {
  const run = affekt(...args);
  expect(run.err).toMatch(new RegExp(`^error ${name}: .+\n {2}hint: .+\n$`, "u"));
  expect(run).toMatchObject({ code, out: "" });
});

test("piped output is JSON without colours", () => {
  const { code, out } = affekt("data", "list");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toBeInstanceOf(Array);
});
