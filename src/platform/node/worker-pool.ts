/**
 * Worker processes that answer jobs: at most so many at a time, answers in order, no more jobs under way than the reader
 * keeps up with. A worker that dies or does not answer is replaced, and the job that it was at has an error for an answer.
 *
 * Processes and not threads: a native decoder that crashes ends its whole process.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { AffektError, type ErrorCode } from "../../core/errors.ts";
import type { Settled } from "../../core/settled.ts";

/** What a worker is sent, and what it answers: requests in the order in which they came, one answer for each job. */
export interface Request<J> {
  readonly id: number;
  readonly jobs: readonly J[];
}
export interface Reply<R> {
  readonly id: number;
  readonly answers: readonly Answer<R>[];
}
export type Answer<R> =
  | { readonly value: R }
  | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string } };

export interface WorkerPoolOptions<J> {
  /** Path of the module that workers run; one that ends in `.ts` is loaded with tsx. */
  readonly script: string;
  /** Processes at a time. */
  readonly workers: number;
  /** The error of a job whose worker died. @param reason such as `no answer (SIGKILL)` */
  readonly lost: (job: J, reason: string) => AffektError;
  /** How long a job may take. Default two minutes. */
  readonly timeoutMs?: number;
  /** How long a worker without work is kept. Default ten seconds. */
  readonly idleMs?: number;
  /** Ends all workers; the readers get the error `aborted`. */
  readonly signal?: AbortSignal;
}

export interface WorkerPool<J, R> {
  /**
   * Answers in the order of the jobs. Jobs are taken from the source only as the answers are read.
   *
   * @param groupSize jobs that a worker is sent in one message. Default 1
   * @throws AffektError `aborted`
   */
  map(jobs: Iterable<J>, groupSize?: number): AsyncGenerator<Settled<R>>;
  /** Ends all workers. */
  close(): void;
}

interface Group<J, R> {
  readonly id: number;
  readonly jobs: readonly J[];
  /** A worker died of it, or of what was before or behind it: it is given out with nothing beside it. */
  readonly alone: boolean;
  resolve(answers: readonly Settled<R>[]): void;
  reject(error: AffektError): void;
  /** Nobody waits for the answers any more. */
  readonly dropped: () => boolean;
}

interface Worker<J, R> {
  readonly child: ChildProcess;
  /** The first one is being worked on. */
  readonly groups: Group<J, R>[];
  timer?: NodeJS.Timeout;
}

/** Groups that a worker has before it, so that it works on while the main process is busy with something else. */
const DEPTH = 2;

/** Wherever this process was started: a bare name would be looked for from its folder. */
function typescriptLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
}

function stopped(): AffektError {
  return new AffektError("aborted", "The work was stopped by its caller.", "Nothing to do.");
}

export function createWorkerPool<J, R>(options: WorkerPoolOptions<J>): WorkerPool<J, R> {
  const { script, lost, timeoutMs = 120_000, idleMs = 10_000, signal } = options;
  const most = Math.max(1, options.workers);
  const workers = new Set<Worker<J, R>>();
  let waiting: Group<J, R>[] = [];
  let lastId = 0;

  function watch(worker: Worker<J, R>): void {
    clearTimeout(worker.timer);
    const [current] = worker.groups;
    // A worker without work must not keep this process alive.
    if (current === undefined) {
      worker.child.unref();
      worker.child.channel?.unref();
    } else {
      worker.child.ref();
      worker.child.channel?.ref();
    }
    const limit = current === undefined ? idleMs : timeoutMs * current.jobs.length;
    const reason = `no answer within ${Math.round(limit / 1000)} s`;
    worker.timer = setTimeout(() => (current === undefined ? end(worker) : bury(worker, reason, true)), limit).unref();
  }

  function end(worker: Worker<J, R>): void {
    clearTimeout(worker.timer);
    workers.delete(worker);
    worker.child.kill("SIGKILL");
  }

  /** The same jobs one by one, since nobody knows of which the worker died. */
  function singly(group: Group<J, R>): Group<J, R>[] {
    const answers: Settled<R>[] = [];
    let left = group.jobs.length;
    return group.jobs.map((job, at) => ({
      ...group,
      id: ++lastId,
      jobs: [job],
      alone: true,
      resolve([answer]) {
        answers[at] = answer as Settled<R>;
        left--;
        if (left === 0) group.resolve(answers);
      },
    }));
  }

  /** @param sure whether it is known that the first group is to blame */
  function bury(worker: Worker<J, R>, reason: string, sure = false): void {
    if (!workers.has(worker)) return;
    end(worker);
    const { groups } = worker;
    const [first] = groups;
    if (first !== undefined && first.jobs.length === 1 && (sure || first.alone)) {
      groups.shift();
      first.resolve([{ error: lost(first.jobs[0] as J, reason) }]);
    }
    waiting.unshift(...groups.flatMap(singly));
    give();
  }

  function hire(): Worker<J, R> {
    const child = fork(script, [], {
      execArgv: extname(script) === ".ts" ? ["--import", typescriptLoader()] : [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const worker: Worker<J, R> = { child, groups: [] };
    child.on("message", (reply) => {
      const { id, answers } = reply as Reply<R>;
      if (worker.groups[0]?.id !== id) return;
      const group = worker.groups.shift();
      watch(worker);
      group?.resolve(
        answers.map((answer) => {
          if ("value" in answer) return answer;
          const { code, message, hint } = answer.error;
          return { error: new AffektError(code, message, hint) };
        }),
      );
      give();
    });
    child.on("exit", (code, killed) =>
      bury(worker, `the worker ended without an answer (${killed ?? `exit code ${code}`})`),
    );
    child.on("error", (cause) => bury(worker, `the worker could not be used (${cause.message})`));
    workers.add(worker);
    return worker;
  }

  /** Gives out what waits, to the worker with the least before it. */
  function give(): void {
    waiting = waiting.filter((group) => !group.dropped());
    while (waiting.length > 0) {
      let [least] = workers;
      for (const worker of workers) if (worker.groups.length < (least?.groups.length ?? 0)) least = worker;
      if (workers.size < most && (least === undefined || least.groups.length > 0)) least = hire();
      if (least === undefined || least.groups.length >= DEPTH || least.groups.some(({ alone }) => alone)) return;
      if (waiting[0]?.alone === true && least.groups.length > 0) return;
      const group = waiting.shift() as Group<J, R>;
      least.groups.push(group);
      if (least.groups.length === 1) watch(least);
      const request: Request<J> = { id: group.id, jobs: group.jobs };
      // A process that is gone already is told of by "exit".
      least.child.send(request, () => {});
    }
  }

  function close(): void {
    const groups = [...[...workers].flatMap((worker) => worker.groups), ...waiting];
    waiting = [];
    for (const worker of workers) end(worker);
    for (const group of groups) group.reject(stopped());
  }
  signal?.addEventListener("abort", close, { once: true });

  async function* map(jobs: Iterable<J>, groupSize = 1): AsyncGenerator<Settled<R>> {
    const source = jobs[Symbol.iterator]();
    const running: Promise<readonly Settled<R>[]>[] = [];
    let [ended, left] = [false, false];
    function fill(): void {
      while (!ended && running.length < most * DEPTH + 1) {
        const group: J[] = [];
        while (group.length < groupSize) {
          const next = source.next();
          if (next.done === true) {
            ended = true;
            break;
          }
          group.push(next.value);
        }
        if (group.length === 0) break;
        const answers = new Promise<readonly Settled<R>[]>((resolve, reject) => {
          waiting.push({ id: ++lastId, jobs: group, alone: false, resolve, reject, dropped: () => left });
        });
        // A later group may fail while an earlier one is awaited; its failure is seen when its turn comes.
        answers.catch(() => {});
        running.push(answers);
      }
      give();
    }
    try {
      if (signal?.aborted) throw stopped();
      fill();
      for (let next = running.shift(); next !== undefined; next = running.shift()) {
        const answers = await next;
        fill();
        yield* answers;
      }
    } finally {
      left = true;
      source.return?.();
    }
  }

  return { map, close };
}
