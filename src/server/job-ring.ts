/** Jobs without the service: listed, replayed and cancelled by whoever runs it, of all owners. */
import { join } from "node:path";
import type { S3Options } from "../platform/node/s3-blobs.ts";
import type { Job, JobItem } from "../store/job-store.ts";
import { openStore } from "../store/open.ts";
import { startJobs } from "./jobs/start-jobs.ts";
import type { KeyRingOptions } from "./key-ring.ts";
import { serviceSecret } from "./secret.ts";

export interface JobRingOptions extends KeyRingOptions {
  readonly mediaDir?: string | undefined;
  readonly s3?: S3Options | undefined;
}

export interface JobRing {
  /** Newest first. */
  list(limit: number): Promise<readonly Job[]>;
  /** What nobody managed to recognize, oldest first. */
  dead(limit: number): Promise<readonly JobItem[]>;
  /** @returns how many items wait again */
  replay(id: string): Promise<number>;
  /** @returns undefined if there is no such job, or none that runs */
  cancel(id: string): Promise<Job | undefined>;
  close(): Promise<void>;
}

/** @throws AffektError `config` if a service uses the data folder, `file`, `unavailable` */
export async function openJobRing({ dataDir, databaseUrl, secret, mediaDir, s3 }: JobRingOptions): Promise<JobRing> {
  const own = await serviceSecret(secret, dataDir);
  const store = await openStore({ databaseUrl, dataDir });
  const jobs = await startJobs({
    store,
    secret: own,
    mediaDir: mediaDir ?? join(dataDir, "media"),
    s3,
    keepDays: 1,
    clock: () => new Date(),
    workers: 0,
    settled() {},
    failed() {},
  }).catch(async (cause: unknown) => {
    await store.close();
    throw cause;
  });
  return {
    list: (limit) => store.listJobs(undefined, { limit }),
    dead: (limit) => store.deadItems(undefined, limit),
    replay: (id) => jobs.desk.replay(undefined, id),
    cancel: (id) => jobs.desk.cancel(undefined, id),
    async close() {
      await jobs.close();
      await store.close();
    },
  };
}
