import { expect, test } from "vitest";
import { type FakeOptions, fakeTools } from "../../test/support/tools.ts";
import { AffektError, ERROR_CODES } from "../core/errors.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { runProgram } from "./program.ts";

async function call(line: string, options: FakeOptions = {}) {
  const tools = fakeTools({ ...options, argv: line === "" ? [] : line.split(" ") });
  const code = await runProgram(tools);
  return { code, out: tools.out.join("\n"), err: tools.err.join("") };
}

test.each([
  ["nonsense", "Unknown command 'nonsense'."],
  ["recognise --text a", "Did you mean recognize?"],
  ["recognize", "Nothing to recognize was given."],
  ["recognize --txt a", "Unknown option '--txt'."],
  ["recognize --text a --license free", "Allowed choices are any, permissive."],
  ["recognize --text", "argument missing"],
  ["data", "The command `data` needs to be told more."],
  ["recognize --text a --threads zero", "whole number of at least 1"],
  ["data prepare ravdess", "required option '--out <folder>' not specified"],
  ["models card", "missing required argument 'id'"],
  ["models list extra", "too many arguments"],
  ["help nonsense", "Unknown command 'nonsense'."],
])("affekt %s is a usage error with a hint and exit code 2", async (line, message) => {
  const { code, out, err } = await call(line);
  expect(code).toBe(2);
  expect(err.toLowerCase()).toContain(message.toLowerCase());
  expect(err).toMatch(/^error usage: [A-Z]/u);
  expect(err).toContain("hint: ");
  expect(err).not.toContain("    at ");
  expect(out).toBe("");
});

test("no command at all shows the help and is a usage error", async () => {
  const { code, out } = await call("");
  expect(code).toBe(2);
  expect(out).toContain("Usage: affekt");
});

test("--help and --version answer on standard output and succeed", async () => {
  expect(await call("--version")).toEqual({ code: 0, out: "1.2.3", err: "" });
  const { code, out } = await call("recognize --help");
  expect(code).toBe(0);
  expect(out).toContain("--image <file...>");
});

test("a picture without a face, alone, exits with 3", async () => {
  const recognize = async (): Promise<never> => {
    throw new AffektError("no-face", "No face was found in cat.png.", "Show a face.");
  };
  const { code, err } = await call("recognize --image cat.png", { recognize });
  expect(code).toBe(3);
  expect(err).toBe("error no-face: No face was found in cat.png.\n  hint: Show a face.\n");
});

test("stack traces are shown with --debug only, wherever it stands", async () => {
  const recognize = async (): Promise<never> => {
    throw new TypeError("x is not a function");
  };
  const plain = await call("recognize --text a", { recognize });
  expect(plain.code).toBe(70);
  expect(plain.err).toContain("error internal: x is not a function");
  expect(plain.err).not.toContain("    at ");
  for (const line of ["recognize --text a --debug", "--debug recognize --text a"]) {
    expect((await call(line, { recognize })).err).toContain("    at ");
  }
});

test("every error code has an exit code that a shell can tell from success", () => {
  for (const code of ERROR_CODES) {
    expect(EXIT_CODES[code]).toBeGreaterThan(1);
    expect(EXIT_CODES[code]).toBeLessThan(256);
  }
});
