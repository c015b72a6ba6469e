/** One step of the benchmark in a process of its own, so that its peak of memory is its own. Prints one line of JSON. */
import { checkManifest } from "../../src/data/check.ts";
import { convertManifest, splitManifest } from "../../src/data/copy.ts";
import { openManifest } from "../../src/data/open.ts";
import { readManifest } from "../../src/data/read.ts";
import { nodeFiles } from "../../src/platform/node/files.ts";

const [step = "", folder = "."] = process.argv.slice(2);
const files = nodeFiles(folder);

async function count(path: string): Promise<number> {
  let rows = 0;
  const manifest = await openManifest(files, path);
  for await (const read of manifest.rows()) if ("row" in read) rows++;
  return rows;
}

const STEPS: Readonly<Record<string, () => Promise<number>>> = {
  read: () => count("rows.jsonl"),
  check: async () => (await checkManifest(files, "rows.jsonl")).rows,
  split: async () => (await splitManifest(files, "rows.jsonl", "split.jsonl")).rows,
  convert: async () => (await convertManifest(files, "rows.jsonl", "rows.parquet")).rows,
  parquet: () => count("rows.parquet"),
  held: async () => (await readManifest(files, "rows.jsonl")).manifest.rows.length,
};

const run = STEPS[step];
if (run === undefined) throw new Error(`unknown step: ${step}`);
const started = performance.now();
const rows = await run();
const seconds = (performance.now() - started) / 1000;
process.stdout.write(`${JSON.stringify({ rows, seconds, peakMb: process.resourceUsage().maxRSS / 1024 })}\n`);
