/** Jobs that something happens to: they are sent, watched, and counted at the end. */
import { pause } from "./fault.ts";
import type { ServiceProcess } from "./service-process.ts";

/** As short as the queue takes them, so that nobody waits long for those who were killed. */
export const QUEUE = { silenceSeconds: 10, watchSeconds: 1, pauseSeconds: 1, retries: 10 };
export const SECRET = "a secret of tests that is 32 long";

export async function sendJob(service: ServiceProcess, many: number): Promise<string> {
  const inputs = Array.from({ length: many }, (_, at) => ({ id: String(at), text: `What a lovely day ${at} 😀` }));
  const { status, body } = await service.post("/v1/jobs", { inputs });
  if (status !== 202) throw new Error(`the job was answered with ${status}`);
  return body.id as string;
}

/** Waits until so many are done; undefined: until the job has ended. */
export async function reached(service: ServiceProcess, id: string, least?: number): Promise<void> {
  for (;;) {
    const answer = await service.ask(`/v1/jobs/${id}`).catch(() => undefined);
    if (answer?.status === 200) {
      const { state, counts } = answer.body as { state: string; counts: { done: number } };
      if (least === undefined ? state !== "running" : counts.done >= least || state !== "running") return;
    }
    await pause(20);
  }
}

export interface Tally {
  readonly sent: number;
  readonly lost: number;
  readonly doubled: number;
}

/** Of the results of a job, and of the predictions that are kept of it: the worse of both. */
export async function tally(service: ServiceProcess, id: string, sent: number): Promise<Tally> {
  const { body } = await service.ask(`/v1/jobs/${id}/results`);
  const rows = String(body)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; prediction?: unknown });
  const done = rows.filter(({ prediction }) => prediction !== undefined).map((row) => row.id);
  const kept: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const found = await service.ask(`/v1/predictions?limit=500${page}`);
    kept.push(...(found.body.predictions as { id: string }[]).map((one) => one.id));
    cursor = found.body.next as string | null;
  }
  const [unique, uniqueKept] = [new Set(done).size, new Set(kept).size];
  return {
    sent,
    lost: Math.max(sent - unique, sent - uniqueKept),
    doubled: Math.max(done.length - unique, kept.length - sent),
  };
}
