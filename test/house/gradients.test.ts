/** Every operator that records a gradient is named in a test that checks gradients. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { ROOT, read } from "./tree.ts";

const FOLDER = "src/graph/ops/";

/** Names of the exported functions of a file that record how their gradient flows back. */
function differentiable(source: string): string[] {
  const parts = source.split(/^export function /mu).slice(1);
  return parts.filter((part) => /\.record\(/u.test(part)).map((part) => /^\w+/u.exec(part)?.[0] ?? "");
}

test("the search finds what records a gradient, and nothing else", () => {
  const source = "export function a(x) {\n  x.graph.record([y]);\n}\n\nexport function b(x) {\n  return x;\n}\n";
  expect(differentiable(source)).toEqual(["a"]);
});

test("every differentiable operator stands in a test of its gradient", () => {
  const files = readdirSync(ROOT + FOLDER);
  const operators = files
    .filter((file) => !file.endsWith(".test.ts"))
    .flatMap((file) => differentiable(read(FOLDER + file)));
  expect(operators.length).toBeGreaterThan(30);
  const tests = files
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => read(FOLDER + file))
    .filter((source) => source.includes("checkGradients"))
    .map((source) => source.replace(/^import[^;]*;$/gmu, ""));
  const untested = operators.filter((name) => !tests.some((source) => new RegExp(`\\b${name}\\(`, "u").test(source)));
  expect(untested).toEqual([]);
});
