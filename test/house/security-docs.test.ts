/** Every threat in docs/security.md names a test that is there. */
import { expect, test } from "vitest";
import { read } from "./tree.ts";

const rows = read("docs/security.md")
  .split("\n")
  .filter((line) => /^\|.*\|$/u.test(line))
  .slice(2)
  .map((line) => line.split("|").map((cell) => cell.trim()));

test("the table is really read: a run that sees nothing must not pass", () => {
  expect(rows.length).toBeGreaterThan(15);
});

test.each(rows.map(([, threat, , named]) => [threat, named]))("%s", (_threat, named = "") => {
  const [, file = "", title = ""] = /^`([^`]+)`: (.+)$/u.exec(named) ?? [];
  expect(read(file)).toContain(`"${title}"`);
});
