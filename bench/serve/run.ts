/**
 * How much the service answers: the real server with the shipped models on this machine, asked by autocannon from a
 * process of its own for texts, pictures, speech and all three at once; then jobs with one worker process and with two.
 *
 *     npm run bench -- serve [--seconds 10] [--clients 1,8,64] [--jobs 2000] [--only requests|jobs] [--write]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { startService } from "../../src/server/service.ts";
import { type Asked, requestBodies } from "./bodies.ts";
import { type JobSpeed, measureJobs } from "./jobs.ts";

interface Load {
  readonly url: string;
  readonly body: string;
  readonly clients: number;
  readonly seconds: number;
}

export interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Answers other than 200, and none at all. */
  readonly refused: number;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Asks from another process, so that the asking does not slow the answering more than it must. */
function load(options: Load): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", here("./load.ts")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (piece) => {
      out += String(piece);
    });
    child.once("exit", (code) =>
      code === 0 ? resolve(JSON.parse(out) as Measured) : reject(new Error(`the load ended with ${code}`)),
    );
    child.stdin.end(JSON.stringify(options));
  });
}

/** Clients that left in the middle may have cost processes; new ones open networks first. */
async function warm(url: string, body: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const ask = async (): Promise<boolean> =>
    (await fetch(`${url}/v1/recognize`, { method: "POST", headers, body })).status === 200;
  const each = availableParallelism() * 3;
  for (let turns = 0; turns < 20; turns++) {
    const answered = await Promise.all(Array.from({ length: each }, ask));
    if (answered.every(Boolean)) return;
  }
  throw new Error("the service does not answer");
}

async function measureRequests(seconds: number, clients: readonly number[]) {
  const service = await startService({ version: "0.0.0", port: 0, ratePerMinute: 0, keepDays: 0 });
  const rows: { what: Asked; clients: number; measured: Measured }[] = [];
  try {
    const bodies = await requestBodies();
    for (const [what, body] of Object.entries(bodies)) {
      for (const many of clients) {
        await warm(service.url, body);
        const measured = await load({ url: service.url, body, clients: many, seconds });
        rows.push({ what: what as Asked, clients: many, measured });
        console.log(what, many, JSON.stringify(measured));
      }
    }
    return rows;
  } finally {
    await service.close();
  }
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

const number = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "10" },
      clients: { type: "string", default: "1,8,64" },
      jobs: { type: "string", default: "2000" },
      only: { type: "string" },
      write: { type: "boolean", default: false },
    },
  });
  const clients = values.clients.split(",").map(Number);
  const requests = values.only === "jobs" ? [] : await measureRequests(Number(values.seconds), clients);
  const folder = mkdtempSync(join(tmpdir(), "affekt-bench-serve-"));
  let jobs: readonly JobSpeed[] = [];
  try {
    jobs = values.only === "requests" ? [] : await measureJobs(folder, Number(values.jobs));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const head = ["asked for", "clients", "answers/s", "p50 ms", "p95 ms", "p99 ms", "refused"];
  const rows = requests.map(({ what, clients: many, measured }) => [
    what,
    many,
    number(measured.perSecond),
    number(measured.p50),
    number(measured.p95),
    number(measured.p99),
    measured.refused,
  ]);
  const shown = new Table({ head });
  for (const row of rows) shown.push(row);
  console.log(shown.toString());
  for (const speed of jobs) console.log(JSON.stringify(speed));
  if (!values.write) return;
  const page = [
    "# What the service answers",
    "",
    `\`npm run bench -- serve --seconds ${values.seconds} --jobs ${values.jobs} --write\`, Node ${process.version}, ` +
      `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}. Server, networks and clients share the ` +
      "machine. A refused request got 503 with Retry-After at once.",
    "",
    table(head, rows),
    "",
    "Jobs of short texts on PostgreSQL, sent as one job, until the last result is written:",
    "",
    table(
      ["workers", "texts", "seconds", "texts/s"],
      jobs.map(({ workers, items, seconds }) => [workers, items, number(seconds), number(items / seconds)]),
    ),
    "",
  ];
  writeFileSync(here("../../docs/benchmarks/serve.md"), page.join("\n"));
}
