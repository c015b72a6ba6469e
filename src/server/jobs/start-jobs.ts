/** Puts jobs together: queue, media folder, desk and, where this process shall work on them, a runner. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Blobs } from "../../core/blobs.ts";
import { AffektError } from "../../core/errors.ts";
import { folderBlobs } from "../../platform/node/blobs.ts";
import { type S3Options, s3Blobs } from "../../platform/node/s3-blobs.ts";
import { type JobQueueOptions, openJobQueue } from "../../queue/job-queue.ts";
import { type Runner, startRunner } from "../../queue/runner.ts";
import type { Counts, Store } from "../../store/store.ts";
import type { Recognize } from "../recognize-port.ts";
import type { Scenarios } from "../scenarios.ts";
import { createJobDesk, type JobDesk } from "./job-desk.ts";
import { expireJobs } from "./job-expiry.ts";
import { createJobWork } from "./job-work.ts";
import { createSeal } from "./seal.ts";

export interface JobsOptions {
  readonly store: Store;
  readonly secret: string;
  /** Where sealed media lie; workers on other machines see the same folder. Default: a temporary one. */
  readonly mediaDir: string | undefined;
  /** A bucket where they lie instead. */
  readonly s3?: S3Options | undefined;
  readonly keepDays: number;
  /** That jobs may be sent under; whoever works on them finds the rules in the job. Default: none. */
  readonly scenarios?: Scenarios | undefined;
  readonly clock: () => Date;
  /** What recognizes; undefined: this process leaves jobs to workers. */
  readonly recognize?: Recognize | undefined;
  /** Processes that recognize: there is one group of items more, so that none of them waits for the database. */
  readonly workers: number;
  readonly queue?: JobQueueOptions | undefined;
  settled(state: string, many: number): void;
  failed(cause: unknown): void;
}

export interface Jobs {
  readonly desk: JobDesk;
  /** Items that this process works on. */
  running(): number;
  expire(now: Date): Promise<Counts>;
  /** Ends taking work, and ends when what was taken is done, or is given back after the grace. */
  drain(graceMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Items that are taken from the queue at once: as many as are recognized together. */
const GROUP = 16;

/** @throws AffektError `config` if there is no such bucket, or the key does not open it */
async function bucketBlobs(s3: S3Options, failed: (cause: unknown) => void): Promise<Blobs> {
  const blobs = s3Blobs(s3);
  await blobs.check().catch((cause: unknown) => {
    // One that only does not answer now is waited for: what needs it is tried again.
    if (!(cause instanceof AffektError) || cause.code !== "unavailable") throw cause;
    failed(cause);
  });
  return blobs;
}

/** While the database is away every loop fails, twice a second: one line in so many ms says as much. */
const SAY_EVERY_MS = 10_000;

function seldom(say: (cause: unknown) => void): (cause: unknown) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (cause) => {
    if (performance.now() - last < SAY_EVERY_MS) return;
    last = performance.now();
    say(cause);
  };
}

/** @throws AffektError `unavailable` if the database does not answer, `config` of the bucket */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { store, secret, keepDays, clock, recognize, workers, settled } = options;
  const failed = seldom(options.failed);
  const { s3 } = options;
  const bucket = s3 === undefined ? undefined : await bucketBlobs(s3, failed);
  const queue = await openJobQueue(store.queueHome, { ...options.queue, onError: failed });
  const isTemporary = bucket === undefined && options.mediaDir === undefined;
  const own = isTemporary ? await mkdtemp(join(tmpdir(), "affekt-media-")) : undefined;
  const blobs = bucket ?? folderBlobs(options.mediaDir ?? own ?? "");
  const seal = createSeal(secret);
  const desk = createJobDesk({
    store,
    blobs,
    seal,
    clock,
    scenarios: options.scenarios,
    enqueue: queue.add,
    wake: () => runner?.wake(),
  });
  let runner: Runner | undefined;
  if (recognize !== undefined) {
    const { work, bury } = createJobWork({ store, blobs, seal, recognize, clock, settled });
    runner = startRunner({ queue, work, bury, groups: workers + 1, groupSize: GROUP, onError: failed });
  }
  return {
    desk,
    running: () => runner?.running() ?? 0,
    expire: (now) => expireJobs({ store, blobs, keepDays }, now),
    drain: async (graceMs) => runner?.drain(graceMs),
    async close() {
      await runner?.drain(0);
      await queue.stop();
      if (own !== undefined) await rm(own, { recursive: true, force: true });
    },
  };
}
