/** Commands in the documentation run as they stand; those that need data sets have options that exist. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildProgram } from "../src/cli/program.ts";
import { ROOT } from "./house/tree.ts";
import { build } from "./support/affekt.ts";
import { fakeTools } from "./support/tools.ts";

const PAGES = ["training", "evaluation", "data", "fusion"];
const folder = mkdtempSync(join(tmpdir(), "affekt-docs-"));

/** Blocks of a page that begin with these words. */
function blocks(page: string, language: string): string[] {
  const text = readFileSync(`${ROOT}docs/${page}.md`, "utf8");
  return [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gmsu)]
    .filter(([, info]) => info === language)
    .map(([, , content]) => content ?? "");
}

beforeAll(() => {
  build();
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "affekt"), `#!/bin/sh\nexec "${process.execPath}" "${ROOT}bin/affekt.js" "$@"\n`, {
    mode: 0o755,
  });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(process.platform === "win32")("commands that need no data", () => {
  test.each(PAGES)("docs/%s.md", { timeout: 180_000 }, (page) => {
    const cwd = mkdtempSync(join(folder, `${page}-`));
    const PATH = `${join(folder, "bin")}${delimiter}${process.env.PATH}`;
    // -e: the first command that fails ends the page.
    const run = spawnSync("sh", ["-e"], {
      cwd,
      encoding: "utf8",
      input: blocks(page, "sh").join("\n"),
      env: { ...process.env, PATH },
    });
    expect(`${run.stderr}`).not.toMatch(/^error /mu);
    expect(run.status).toBe(0);
  });
});

/** The command that a line calls, and the words that are left. */
function called(line: string): { readonly command: Command; readonly words: readonly string[] } {
  let command = buildProgram(fakeTools());
  const words = line.replace(/#.*$/u, "").trim().split(/\s+/u).slice(1);
  for (;;) {
    const next = command.commands.find((own) => own.name() === words[0]);
    if (next === undefined) return { command, words };
    command = next;
    words.shift();
  }
}

test.each(PAGES)("commands that need data: docs/%s.md", (page) => {
  const lines = blocks(page, "sh data").flatMap((block) => block.replace(/\\\n/gu, " ").split("\n"));
  for (const line of lines.filter((own) => own.startsWith("affekt "))) {
    const { command, words } = called(line);
    const known = command.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
    expect(command.name(), line).not.toBe("affekt");
    for (const word of words.filter((own) => own.startsWith("--"))) expect(known, line).toContain(word);
  }
});
