/** How fast jobs go through: texts on a PostgreSQL server of this machine, with one worker process and with two. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startService } from "../../src/server/service.ts";
import { hasPostgres, startPostgres } from "../../test/support/postgres.ts";

export interface JobSpeed {
  readonly workers: number;
  readonly items: number;
  readonly seconds: number;
}

const SECRET = "a secret of benchmarks, 32 or more";
const WORKER = `
import { startWorker } from ${JSON.stringify(fileURLToPath(new URL("../../src/server/worker.ts", import.meta.url)))};
await startWorker(JSON.parse(process.argv[1]));
process.stdout.write("ready\\n");`;

async function measure(folder: string, items: number, workers: number): Promise<JobSpeed> {
  const server = await startPostgres();
  const common = { databaseUrl: server.url, secret: SECRET, mediaDir: join(folder, "media") };
  const service = await startService({ ...common, version: "0.0.0", port: 0, jobs: false, workers: 1 });
  const children = Array.from({ length: workers }, () =>
    spawn(
      process.execPath,
      [
        "--import",
        "tsx",
        "--input-type=module",
        "-e",
        WORKER,
        JSON.stringify({ ...common, dataDir: folder, workers: 1 }),
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    ),
  );
  try {
    await Promise.all(children.map((child) => new Promise((resolve) => child.stdout.once("data", resolve))));
    const send = async (many: number) => {
      const inputs = Array.from({ length: many }, (_, at) => ({ text: `The train was late again, number ${at}.` }));
      const began = performance.now();
      const reply = await fetch(`${service.url}/v1/jobs`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ inputs, keep: false }),
      });
      const { id } = (await reply.json()) as { id: string };
      for (;;) {
        const job = (await (await fetch(`${service.url}/v1/jobs/${id}`)).json()) as { state: string };
        if (job.state !== "running") return (performance.now() - began) / 1000;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    // The first ones open networks.
    await send(100 * workers);
    return { workers, items, seconds: await send(items) };
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await service.close();
    await server.stop();
  }
}

export async function measureJobs(folder: string, items: number): Promise<readonly JobSpeed[]> {
  if (!hasPostgres) {
    console.log("skipped: jobs (apt install postgresql)");
    return [];
  }
  return [await measure(folder, items, 1), await measure(folder, items, 2)];
}
