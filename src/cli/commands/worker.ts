/** `affekt worker`: works on the jobs of a service that shares its database, until it is told to stop. */
import { type Command, Option } from "commander";
import { positiveInteger } from "../arguments.ts";
import type { Tools } from "../tools.ts";

export interface WorkerCommandOptions {
  readonly models?: string;
  readonly license?: "any" | "permissive";
  readonly workers?: number;
  readonly dataDir: string;
  readonly mediaDir?: string;
}

export async function runWorker(options: WorkerCommandOptions, tools: Tools): Promise<void> {
  const { terminal } = tools;
  const worker = await tools.work({ ...options, log: { write: (line) => terminal.print(line.trimEnd()) } });
  const endReloads = tools.onReload(async () => {
    await worker.reload();
    terminal.note("The models in the folder are in use now.\n");
  });
  terminal.note("affekt works on jobs. Stop it with Ctrl-C.\n");
  await tools.untilStopped();
  terminal.note("Stopping: what was begun is still finished.\n");
  endReloads();
  await worker.close();
}

export function addWorker(program: Command, tools: Tools): void {
  program
    .command("worker")
    .summary("work on the jobs of a service")
    .description(
      "Works on jobs that were sent to services with the same DATABASE_URL. Any number of workers, on any machines; " +
        "they need the same AFFEKT_SECRET and see the same --media-dir, or the same bucket (AFFEKT_S3_ENDPOINT, AFFEKT_S3_BUCKET, …). On SIGTERM it finishes what it has begun.",
    )
    .option("--models <folder>", "use these models instead of the shipped ones")
    .addOption(new Option("--license <which>", "which models may be used").choices(["any", "permissive"]))
    .addOption(
      new Option("--workers <number>", "processes that recognize; one per core by default").argParser(positiveInteger),
    )
    .option("--data-dir <folder>", "where the secret lies unless AFFEKT_SECRET is set", "affekt-data")
    .option("--media-dir <folder>", "where media of jobs lie, sealed; within the data folder by default")
    .action((options: WorkerCommandOptions) => runWorker(options, tools));
}
