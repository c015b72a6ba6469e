/** kill -9 in the middle of 1,000 jobs. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasPostgres, startPostgres } from "../support/postgres.ts";
import { type Attempt, expectations, type Fault, type Finding, pause } from "./fault.ts";
import { QUEUE, reached, SECRET, sendJob, tally } from "./jobs.ts";
import { runProgram, type ServiceProcess } from "./service-process.ts";

const MANY = 1_000;
const lacks = () => (hasPostgres ? undefined : "apt install postgresql");
const COVERED = "src/server/jobs/faults.test.ts";

const WORKER = `
import { startWorker } from ${JSON.stringify(fileURLToPath(new URL("../../src/server/worker.ts", import.meta.url)))};
await startWorker(JSON.parse(process.argv[1]));
process.stdout.write("ready\\n");`;

async function finding(service: ServiceProcess, job: string, began: number, what: string): Promise<Finding> {
  await reached(service, job);
  const seconds = (performance.now() - began) / 1000;
  const jobs = await tally(service, job, MANY);
  const { wrong, hold } = expectations();
  hold(jobs.lost === 0 && jobs.doubled === 0, `${jobs.lost} lost, ${jobs.doubled} doubled`);
  return { wrong, jobs, happened: `${what}; all ended ${seconds.toFixed(0)} s after they were sent` };
}

async function database({ folder, after }: Attempt) {
  const server = await startPostgres();
  after(() => server.stop());
  return { server, common: { databaseUrl: server.url, secret: SECRET, mediaDir: join(folder, "media"), queue: QUEUE } };
}

export const killedWorker: Fault = {
  name: "kill -9 of a worker",
  tried: "one of two workers, in the middle of 1,000 jobs on PostgreSQL",
  covered: COVERED,
  lacks,
  async run(attempt) {
    const { common } = await database(attempt);
    const service = await attempt.start({ ...common, jobs: false, workers: 1 });
    const workers = [0, 1].map(() => runProgram(WORKER, { ...common, dataDir: attempt.folder, workers: 1 }));
    for (const worker of workers) attempt.after(() => worker.kill("SIGKILL"));
    await Promise.all(workers.map(({ stdout }) => new Promise((resolve) => stdout?.once("data", resolve))));
    const began = performance.now();
    const job = await sendJob(service, MANY);
    await reached(service, job, 100);
    workers[0]?.kill("SIGKILL");
    return finding(
      service,
      job,
      began,
      "killed after 100 results; what it had went to the other after 10 s of silence",
    );
  },
};

export const killedService: Fault = {
  name: "kill -9 of the service",
  tried: "the service that works on 1,000 jobs, with its data in the embedded engine, then on PostgreSQL",
  covered: COVERED,
  lacks,
  async run(attempt) {
    const { common } = await database(attempt);
    const both: Finding[] = [];
    for (const options of [{ dataDir: join(attempt.folder, "data"), queue: QUEUE }, common]) {
      const first = await attempt.start(options);
      await first.ready();
      const began = performance.now();
      const job = await sendJob(first, MANY);
      await reached(first, job, 100);
      await first.kill("SIGKILL");
      const second = await attempt.start(options);
      const where = "dataDir" in options ? "embedded" : "PostgreSQL";
      both.push(await finding(second, job, began, `${where}: killed after 100 results and started again`));
      await second.kill("SIGKILL");
    }
    const sum = (of: "sent" | "lost" | "doubled") => both.reduce((total, { jobs }) => total + (jobs?.[of] ?? 0), 0);
    return {
      wrong: both.flatMap(({ wrong }) => wrong),
      happened: both.map(({ happened }) => happened).join("; "),
      jobs: { sent: sum("sent"), lost: sum("lost"), doubled: sum("doubled") },
    };
  },
};

export const killedPostgres: Fault = {
  name: "kill -9 of PostgreSQL",
  tried: "all its processes at once, in the middle of 1,000 jobs; started again after 5 s",
  covered: COVERED,
  lacks,
  async run(attempt) {
    const { server, common } = await database(attempt);
    const service = await attempt.start(common);
    await service.ready();
    const began = performance.now();
    const job = await sendJob(service, MANY);
    await reached(service, job, 200);
    await server.crash?.("SIGKILL");
    const away = await service.ask(`/v1/jobs/${job}`);
    await pause(5_000);
    server.restart?.();
    const found = await finding(
      service,
      job,
      began,
      `killed after 200 results; asked meanwhile: ${away.status}, Retry-After ${away.retryAfter}`,
    );
    return { ...found, wrong: [...found.wrong, ...(away.status === 503 ? [] : [`answered ${away.status} meanwhile`])] };
  },
};
