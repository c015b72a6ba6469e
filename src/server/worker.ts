/** A process that works on jobs and serves nothing: any number of them, on any machines, against one PostgreSQL. */
import { join } from "node:path";
import { AffektError } from "../core/errors.ts";
import type { S3Options } from "../platform/node/s3-blobs.ts";
import type { JobQueueOptions } from "../queue/job-queue.ts";
import { openStore } from "../store/open.ts";
import { type Jobs, startJobs } from "./jobs/start-jobs.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { startRecognizers } from "./recognizers.ts";
import { serviceSecret } from "./secret.ts";

export interface WorkerOptions {
  readonly databaseUrl: string | undefined;
  /** The same as the service's. Default: the one in the data folder. */
  readonly secret?: string | undefined;
  readonly dataDir: string;
  /** The same folder as the service's. Default: within the data folder. */
  readonly mediaDir?: string | undefined;
  /** The same bucket as the service's, instead. */
  readonly s3?: S3Options | undefined;
  readonly models?: string | undefined;
  readonly license?: "any" | "permissive" | undefined;
  /** Processes that recognize. Default: one per core. */
  readonly workers?: number | undefined;
  readonly keepDays?: number | undefined;
  readonly queue?: JobQueueOptions | undefined;
  readonly limits?: Partial<Limits>;
  readonly log?: { write(line: string): void } | undefined;
}

export interface JobWorker {
  /** Items that are being worked on. */
  running(): number;
  pids(): readonly number[];
  /** Takes up the models that lie in the folder now. */
  reload(): Promise<void>;
  /** Finishes what it has, takes nothing new, then stops. */
  close(): Promise<void>;
}

/** How long what was taken may still take when the worker is told to stop; then others get it. */
const GRACE_MS = 30_000;

/** @throws AffektError `config` without a PostgreSQL server, `unavailable`, `model` */
export async function startWorker(options: WorkerOptions): Promise<JobWorker> {
  const { databaseUrl, dataDir, mediaDir = join(dataDir, "media"), keepDays = 30 } = options;
  if (databaseUrl === undefined) {
    throw new AffektError(
      "config",
      "A worker needs a PostgreSQL server that it shares with the service.",
      "Set DATABASE_URL for both. Without one, `affekt serve` works on jobs by itself.",
    );
  }
  const say = (level: string, said: Readonly<Record<string, unknown>>): void =>
    options.log?.write(`${JSON.stringify({ level, time: new Date().toISOString(), ...said })}\n`);
  const secret = await serviceSecret(options.secret, dataDir);
  const store = await openStore({ databaseUrl });
  const recognizers = await startRecognizers({
    models: () => options.models,
    license: options.license,
    workers: options.workers,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    events: { lost: (reason) => say("warn", { msg: "a recognizing process ended and is replaced", reason }) },
  }).catch(async (cause: unknown) => {
    await store.close();
    throw cause;
  });
  const { dispatcher } = recognizers;
  const end = async (jobs?: Jobs): Promise<void> => {
    await jobs?.close();
    await dispatcher.close();
    await store.close();
  };
  const jobs = await startJobs({
    store,
    secret,
    mediaDir,
    s3: options.s3,
    keepDays,
    clock: () => new Date(),
    recognize: dispatcher.askAll,
    workers: recognizers.workers,
    queue: options.queue,
    settled(state, many) {
      if (many > 0) say("info", { msg: "items ended", state, many });
    },
    failed(cause) {
      const code = cause instanceof AffektError ? cause.code : ((cause as { code?: string } | null)?.code ?? "unknown");
      say("warn", { msg: "the database or the object storage does not answer; it is tried again", code });
    },
  }).catch(async (cause: unknown) => {
    await end();
    throw cause;
  });
  let closing: Promise<void> | undefined;
  return {
    running: jobs.running,
    pids: recognizers.pids,
    reload: recognizers.reload,
    close() {
      closing ??= (async () => {
        await jobs.drain(GRACE_MS);
        await end(jobs);
      })();
      return closing;
    },
  };
}
