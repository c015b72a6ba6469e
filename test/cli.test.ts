import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { ROOT } from "./house/tree.ts";
import { affekt, build } from "./support/affekt.ts";

beforeAll(build, 120_000);

test("the version is the package's", () => {
  expect(affekt(["--version"])).toMatchObject({ code: 0, out: "0.1.0\n" });
});

test.each([
  ["an unknown command", ["sing"], 2, "usage"],
  ["no input", ["recognize"], 2, "usage"],
  ["an unknown option", ["recognize", "--song", "a.mid"], 2, "usage"],
  ["a batch that is not there", ["recognize", "--batch", "no-such-file.jsonl"], 4, "file"],
  ["a manifest that is not there", ["data", "check", "no-such-file.jsonl"], 4, "file"],
  ["a configuration that is not there", ["train", "no-such-file.json"], 4, "file"],
])("%s exits with its code and a hint, without a stack trace", (_case, args, code, name) => {
  const run = affekt(args);
  expect(run.err).toMatch(new RegExp(`^error ${name}: .+\n {2}hint: .+\n$`, "u"));
  expect(run).toMatchObject({ code, out: "" });
});

test("piped output is JSON without colours", () => {
  const { code, out } = affekt(["data", "list"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toBeInstanceOf(Array);
});

// Linux has a device that is always full.
test.skipIf(!existsSync("/dev/full"))("an answer that cannot be written is an error, not a silent success", () => {
  const full = openSync("/dev/full", "w");
  try {
    const run = spawnSync(process.execPath, ["bin/affekt.js", "data", "list"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", full, "pipe"],
    });
    expect(run.stderr).toMatch(/^error file: Cannot write to standard output: ENOSPC\.\n {2}hint: .+\n$/u);
    expect(run.status).toBe(4);
  } finally {
    closeSync(full);
  }
});

test.skipIf(process.platform === "win32")("a reader that stops early is no failure", () => {
  const script = '{ "$0" bin/affekt.js data list; echo "$?" >&2; } | true';
  const run = spawnSync("sh", ["-c", script, process.execPath], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(run.stderr).toBe("0\n");
});
