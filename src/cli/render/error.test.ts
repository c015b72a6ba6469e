import { expect, test } from "vitest";
import { AffektError } from "../../core/errors.ts";
import { renderError } from "./error.ts";

const screen = { paint: (_style: unknown, text: string) => text };

test("an error is its code, its message and its hint, a line each", () => {
  const error = new AffektError("file", "There is no a.jpg.", "Check the path.");
  expect(renderError(error, screen, false)).toBe("error file: There is no a.jpg.\n  hint: Check the path.\n");
});

test("control characters that a message quotes are written out and reach no terminal", () => {
  const error = new AffektError("input", "The line is not JSON: \u001b]0;mine\u0007\n", "Mend \u009b1m.");
  expect(renderError(error, screen, false)).toBe(
    "error input: The line is not JSON: \\u001b]0;mine\\u0007\\u000a\n  hint: Mend \\u009b1m.\n",
  );
});

test("with --debug the stacks of the error and of its causes follow", () => {
  const cause = new TypeError("x is not a function");
  const lines = renderError(new AffektError("internal", "It broke.", "Report it.", { cause }), screen, true);
  expect(lines).toMatch(/AffektError: It broke\.\n +at /u);
  expect(lines).toMatch(/caused by: TypeError: x is not a function\n +at /u);
});
