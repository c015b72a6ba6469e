/** Jobs through the whole service on this machine: PostgreSQL, `serve` without a part in the work, and workers. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { type Service, startService } from "../../src/server/service.ts";
import { type PostgresServer, startPostgres } from "../../test/support/postgres.ts";

/** One kind of job, with one number of workers. */
export interface Measured {
  readonly what: string;
  readonly workers: number;
  readonly items: number;
  readonly seconds: number;
  /** Of the workers and the processes that recognize for them. */
  readonly workerCoreSeconds: number;
  /** Of PostgreSQL. */
  readonly databaseCoreSeconds: number;
  /** Of the service that takes jobs in, this benchmark's own part included. */
  readonly serviceCoreSeconds: number;
  /** Of everything else that this machine did meanwhile. */
  readonly otherCoreSeconds: number;
  /** Transactions of the database. */
  readonly commits: number;
  /** Rows with their indexes that are left, of job and kept predictions together, in bytes. */
  readonly storedBytes: number;
}

export interface Kind {
  readonly what: string;
  /** Of one utterance, as JSON. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly items: number;
  /** Folder of models. Default: the shipped ones. */
  readonly models?: string | undefined;
}

const SECRET = "a secret of benchmarks, 32 or more";
const WORKER = `
import { startWorker } from ${JSON.stringify(fileURLToPath(new URL("../../src/server/worker.ts", import.meta.url)))};
await startWorker(JSON.parse(process.argv[1]));
process.stdout.write("ready\\n");`;

/** Of Linux: a tick of /proc is a hundredth of a second. */
const TICKS = 100;

/** CPU time of processes and of all that they have started, those that ended included, in seconds. */
function treeSeconds(roots: readonly number[]): number {
  const found = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => {
      try {
        // After the name, which may hold anything: state, parent, …, user and system time, the same of ended children.
        const fields = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
        return [
          {
            id: Number(name),
            parent: Number(fields[1]),
            ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
          },
        ];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
  const own = new Set(roots);
  for (let before = -1; before !== own.size; ) {
    before = own.size;
    for (const { id, parent } of found) if (own.has(parent)) own.add(id);
  }
  return found.filter(({ id }) => own.has(id)).reduce((sum, { ticks }) => sum + ticks, 0) / TICKS;
}

/** What all cores have worked since the machine started, in seconds. */
function busySeconds(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1000;
}

interface Parts {
  readonly workers: number;
  readonly database: number;
  readonly service: number;
  readonly all: number;
}

async function startWorkers(options: Readonly<Record<string, unknown>>, many: number): Promise<ChildProcess[]> {
  const children = Array.from({ length: many }, () =>
    spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", WORKER, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  await Promise.all(children.map((child) => new Promise((resolve) => child.stdout?.once("data", resolve))));
  return children;
}

/** Ends them with the processes that recognize for them, which notice that their parent is gone. */
async function end(children: readonly ChildProcess[]): Promise<void> {
  const gone = Promise.all(children.map((child) => new Promise((resolve) => child.once("exit", resolve))));
  for (const child of children) child.kill("SIGKILL");
  await gone;
}

async function statistics(pool: pg.Pool): Promise<{ commits: number; bytes: number }> {
  const { rows } = await pool.query<{ commits: string; bytes: string }>(
    `select (select xact_commit from pg_stat_database where datname = current_database()) as commits,
            pg_total_relation_size('job_items') + pg_total_relation_size('predictions') as bytes`,
  );
  return { commits: Number(rows[0]?.commits), bytes: Number(rows[0]?.bytes) };
}

/** What came and went takes room until it is cleared away. */
async function compact(pool: pg.Pool): Promise<void> {
  for (const table of ["job_items", "predictions"]) await pool.query(`vacuum full ${table}`);
}

async function runJob(service: Service, { input }: Kind, items: number): Promise<number> {
  const body = JSON.stringify({ inputs: Array.from({ length: items }, () => input) });
  const began = performance.now();
  const reply = await fetch(`${service.url}/v1/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const { id } = (await reply.json()) as { id: string };
  if (reply.status !== 202) throw new Error(`the job was refused with ${reply.status}`);
  for (;;) {
    const job = (await (await fetch(`${service.url}/v1/jobs/${id}`)).json()) as {
      state: string;
      counts: { done: number };
    };
    if (job.state !== "running") {
      if (job.counts.done !== items) throw new Error(`${job.counts.done} of ${items} utterances were recognized`);
      return (performance.now() - began) / 1000;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** All kinds of one folder of models, with so many worker processes. */
export async function measure(
  kinds: readonly Kind[],
  workers: number,
  folder: string,
  tell: (measured: Measured) => void,
): Promise<void> {
  const server: PostgresServer = await startPostgres({ durable: true });
  const pool = new pg.Pool({ connectionString: server.url, max: 1 });
  // The server may end before the last connection to it is closed.
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));
  const common = { databaseUrl: server.url, secret: SECRET, mediaDir: `${folder}/media`, models: kinds[0]?.models };
  const limits = { deadlineMs: 120_000 };
  const service = await startService({ ...common, limits, version: "0.0.0", port: 0, jobs: false, workers: 1 });
  const children = await startWorkers({ ...common, dataDir: folder, workers: 1 }, workers);
  const pids = children.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  const time = (): Parts => {
    const [workersTime, database] = [treeSeconds(pids), treeSeconds([server.pid?.() ?? -1])];
    const service = treeSeconds([process.pid]) - workersTime - database;
    return { workers: workersTime, database, service, all: busySeconds() };
  };
  try {
    for (const kind of kinds) {
      // The first ones open networks, in every worker.
      await runJob(service, kind, 32 * workers);
      await compact(pool);
      const before = { ...(await statistics(pool)), time: time() };
      const seconds = await runJob(service, kind, kind.items);
      const used = Object.fromEntries(
        Object.entries(time()).map(([part, now]) => [part, now - before.time[part as keyof Parts]]),
      ) as unknown as Parts;
      // The database counts with some delay.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const { commits } = await statistics(pool);
      await compact(pool);
      const { bytes } = await statistics(pool);
      tell({
        what: kind.what,
        workers,
        items: kind.items,
        seconds,
        workerCoreSeconds: used.workers,
        databaseCoreSeconds: used.database,
        serviceCoreSeconds: used.service,
        otherCoreSeconds: Math.max(0, used.all - used.workers - used.database - used.service),
        commits: commits - before.commits,
        storedBytes: bytes - before.bytes,
      });
    }
  } finally {
    await end(children);
    await service.close();
    await pool.end();
    await server.stop();
  }
}
