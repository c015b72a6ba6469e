/**
 * Rewrites the accuracy tables of README.md and README.zh.md, and docs/benchmarks/quality.md, from what was measured last.
 *
 *   npm run bench -- readme
 *
 * Only what stands between `<!-- generated:accuracy -->` and its end is touched.
 */
import { readFile, writeFile } from "node:fs/promises";
import { writeTables } from "./tables.ts";

export async function run(): Promise<void> {
  await writeTables([], { readFile: (path) => readFile(path, "utf8"), writeFile });
}
