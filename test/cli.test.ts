import { beforeAll, expect, test } from "vitest";
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
