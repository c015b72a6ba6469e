/**
 * How fast manifests of many rows go through, and in how much memory: a manifest of made-up rows in a temporary folder,
 * each step in a process of its own.
 *
 *     npm run bench -- data [--rows 1000000] [--write]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { random } from "../../src/core/random.ts";
import { nodeFiles } from "../../src/platform/node/files.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface Measured {
  readonly rows: number;
  readonly seconds: number;
  readonly peakMb: number;
}

const STEPS = {
  read: "read JSONL row by row",
  check: "data check",
  split: "data split, to JSONL",
  convert: "data convert, to Parquet",
  parquet: "read Parquet row by row",
  held: "read JSONL and hold all rows (for comparison)",
} as const;

const WORDS = [
  "the",
  "train",
  "was",
  "late",
  "again",
  "and",
  "nobody",
  "said",
  "why",
  "今天",
  "很",
  "开心",
  "so",
  "we",
];

/** Texts of 5 to 30 words by 20,000 speakers, with one label or the shares of three. */
function* lines(rows: number): Generator<string> {
  const dice = random(1);
  for (let at = 0; at < rows; at++) {
    const text = Array.from({ length: 5 + dice.integer(26) }, () => WORDS[dice.integer(WORDS.length)]).join(" ");
    const subject = `s${dice.integer(20_000)}`;
    const target = at % 4 === 0 ? { distribution: { joy: 0.5, anger: 0.25, neutral: 0.25 } } : { label: "joy" };
    yield `${JSON.stringify({ id: `row-${at}`, subject, text, ...target, take: at % 7 })}\n`;
  }
}

function measure(step: string, folder: string): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", here("./step.ts"), step, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (text: Buffer) => (out += text.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(out) as Measured);
      else reject(new Error(`the step ${step} ended with exit code ${code}`));
    });
  });
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: "string", default: "1000000" }, write: { type: "boolean", default: false } },
  });
  const rows = Number(values.rows);
  if (!Number.isInteger(rows) || rows < 1) throw new Error(`--rows ${values.rows} is not a whole number above 0`);
  const folder = mkdtempSync(join(tmpdir(), "affekt-bench-"));
  const head = ["step", "rows/s", "seconds", "peak memory, MB"];
  const cells: string[][] = [];
  let megabytes = 0;
  try {
    await nodeFiles(folder).write("rows.jsonl", lines(rows));
    megabytes = statSync(join(folder, "rows.jsonl")).size / 1e6;
    for (const [step, title] of Object.entries(STEPS)) {
      console.error(`${title} …`);
      const { seconds, peakMb } = await measure(step, folder);
      cells.push([title, Math.round(rows / seconds).toLocaleString("en"), seconds.toFixed(1), peakMb.toFixed(0)]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const table = new Table({ head });
  table.push(...cells);
  const { model = "unknown processor" } = cpus()[0] ?? {};
  const about = `${rows.toLocaleString("en")} rows of text, ${megabytes.toFixed(0)} MB of JSONL; Node ${process.versions.node}, ${cpus().length} × ${model}.`;
  console.log(`${table.toString()}\n${about}`);
  if (!values.write) return;
  const markdown = [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...cells];
  const page = [
    "# Manifests of many rows",
    "",
    "Made by `npm run bench -- data --write`. Peak memory is that of the whole process, Node itself included. Times depend on what else the machine does meanwhile.",
    "",
    about,
    "",
    ...markdown.map((line) => `| ${line.join(" | ")} |`),
    "",
  ].join("\n");
  writeFileSync(here("../../docs/benchmarks/data.md"), page);
}
