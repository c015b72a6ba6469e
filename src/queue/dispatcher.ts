/**
 * Hands the questions of many callers to a few workers. What waits is bounded; like questions that wait are asked
 * together (batches form by themselves under load, and nobody waits for company); a question has a deadline and may be
 * cancelled; a worker that ends is replaced, and what it was asked is asked once more, alone.
 */
import { AffektError } from "../core/errors.ts";
import type { Worker } from "./worker.ts";

export interface DispatcherEvents {
  batch?(size: number): void;
  /** A worker ended that nobody had told to. */
  lost?(reason: string): void;
}

export interface DispatcherOptions<Question> {
  readonly workers: number;
  /** Questions that may wait; more are refused. */
  readonly maxWaiting: number;
  /** Questions that are asked together. */
  readonly maxBatch: number;
  /** Questions of one kind may be asked together; undefined: always alone. */
  readonly kind: (question: Question) => string | undefined;
  /** How long a worker may take to give up what nobody waits for any more, in ms, before it is ended. Default 2000. */
  readonly giveUpMs?: number;
  readonly events?: DispatcherEvents;
}

export interface AskOptions {
  /** Milliseconds from now until an answer is of no use any more. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** Work that can wait: it goes behind all that cannot, and whoever asks sees to it that there is never much of it. */
  readonly patient?: boolean | undefined;
}

export interface Load {
  readonly waiting: number;
  readonly running: number;
  /** Workers that can take work. */
  readonly ready: number;
}

export interface Dispatcher<Question, Answer> {
  /**
   * Asks all or, if they do not fit into the queue, none.
   *
   * @returns in order; rejected with `deadline`, `aborted`, `unavailable` or what the worker says
   * @throws AffektError `busy` if too many wait, `unavailable` if it is closed
   */
  askAll(questions: readonly Question[], options: AskOptions): Promise<PromiseSettledResult<Answer>[]>;
  load(): Load;
  /** @throws AffektError `busy` if not even one more question may wait */
  needRoom(): void;
  /** Seconds until a refused caller may well be served, at least 1. */
  retryAfterSeconds(): number;
  /**
   * Replaces every worker by a fresh one, one after the other. An old one answers what it was asked before it goes, so
   * that nothing is lost and there are never fewer of them.
   *
   * @throws AffektError `model` if a fresh one cannot be started: those that are not replaced yet stay
   */
  renew(): Promise<void>;
  /** Rejects what waits and ends all workers. */
  close(): Promise<void>;
}

interface Job<Question, Answer> {
  readonly question: Question;
  readonly patient: boolean;
  kind: string | undefined;
  attempts: number;
  settled: boolean;
  settle(result: PromiseSettledResult<Answer>): void;
}

interface Slot<Question, Answer> {
  worker: Worker<Question, Answer>;
  ready: boolean;
  running: readonly Job<Question, Answer>[];
  /** Times in a row that it ended before it was ready. */
  failures: number;
  /** Takes over as soon as nothing runs. */
  successor?: { readonly worker: Worker<Question, Answer>; readonly settled: () => void } | undefined;
}

const MAX_ATTEMPTS = 2;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** Share of the newest batch in the running mean of time per question. */
const NEWEST = 0.2;

const rejected = (reason: AffektError): PromiseRejectedResult => ({ status: "rejected", reason });

function unavailable(message: string): AffektError {
  return new AffektError("unavailable", message, "Try again a little later.");
}

function cancelled(): AffektError {
  return new AffektError("aborted", "The request was cancelled by its caller.", "Nothing to do.");
}

function tooLate(deadlineMs: number): AffektError {
  return new AffektError(
    "deadline",
    `There was no answer within ${deadlineMs} ms.`,
    "Send less at a time, or try again when the service is less busy.",
  );
}

export function createDispatcher<Question, Answer>(
  start: () => Worker<Question, Answer>,
  options: DispatcherOptions<Question>,
): Dispatcher<Question, Answer> {
  const { maxWaiting, maxBatch, kind, giveUpMs = 2_000, events = {} } = options;
  type OwnJob = Job<Question, Answer>;
  let waiting: OwnJob[] = [];
  let closed = false;
  let meanMs = 50;
  const timers = new Set<NodeJS.Timeout>();

  function later(ms: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
    return timer;
  }

  function stop(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    timers.delete(timer);
  }

  const slots = Array.from({ length: options.workers }, () => {
    const slot = { ready: false, running: [], failures: 0 } as unknown as Slot<Question, Answer>;
    begin(slot);
    return slot;
  });

  function begin(slot: Slot<Question, Answer>): void {
    const worker = start();
    slot.worker = worker;
    worker.ready.then(
      () => {
        slot.ready = true;
        slot.failures = 0;
        pump();
      },
      () => {},
    );
    watch(slot, worker);
  }

  function watch(slot: Slot<Question, Answer>, worker: Worker<Question, Answer>): void {
    void worker.ended.then((reason) => {
      // One that was replaced is told to end.
      if (slot.worker === worker) lost(slot, reason);
    });
  }

  function replace(slot: Slot<Question, Answer>): void {
    const { successor, worker } = slot;
    if (successor === undefined) return;
    Object.assign(slot, { worker: successor.worker, ready: true, failures: 0, successor: undefined });
    worker.kill();
    watch(slot, successor.worker);
    successor.settled();
  }

  async function renew(slot: Slot<Question, Answer>): Promise<void> {
    const worker = start();
    const failed = await Promise.race([worker.ready.then(() => undefined), worker.ended]);
    if (closed) return worker.kill();
    if (failed !== undefined) {
      throw new AffektError("model", `A process with the new models does not start: ${failed}.`, "The old ones stay.");
    }
    await new Promise<void>((settled) => {
      slot.successor = { worker, settled };
      pump();
    });
  }

  function lost(slot: Slot<Question, Answer>, reason: string): void {
    const { running, ready } = slot;
    slot.running = [];
    slot.ready = false;
    if (closed) return;
    events.lost?.(reason);
    for (const job of [...running].reverse()) {
      if (job.settled) continue;
      if (job.attempts >= MAX_ATTEMPTS) {
        job.settle(rejected(unavailable("The process that should answer ended, and so did the one after it.")));
        continue;
      }
      // Alone, so that of a batch only the question that ends processes fails.
      job.kind = undefined;
      waiting.unshift(job);
    }
    if (slot.successor !== undefined) replace(slot);
    else if (ready) begin(slot);
    else later(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** slot.failures++), () => begin(slot));
    pump();
  }

  function nextBatch(): OwnJob[] {
    const first = waiting.find(({ patient }) => !patient) ?? waiting[0];
    if (first === undefined) return [];
    const batch =
      first.kind === undefined
        ? [first]
        : waiting
            .filter(({ kind: own, patient }) => own === first.kind && patient === first.patient)
            .slice(0, maxBatch);
    const taken = new Set(batch);
    waiting = waiting.filter((job) => !taken.has(job));
    return batch;
  }

  function pump(): void {
    for (const slot of slots) if (slot.running.length === 0) replace(slot);
    for (const slot of slots) {
      if (!slot.ready || slot.running.length > 0) continue;
      const batch = nextBatch();
      if (batch.length === 0) return;
      run(slot, batch);
    }
  }

  function run(slot: Slot<Question, Answer>, batch: readonly OwnJob[]): void {
    slot.running = batch;
    for (const job of batch) job.attempts++;
    events.batch?.(batch.length);
    const began = performance.now();
    const done = (result: (index: number) => PromiseSettledResult<Answer>): void => {
      if (slot.running !== batch) return;
      slot.running = [];
      meanMs += NEWEST * ((performance.now() - began) / batch.length - meanMs);
      for (const [index, job] of batch.entries()) job.settle(result(index));
      pump();
    };
    slot.worker.run(batch.map(({ question }) => question)).then(
      (answers) => done((index) => answers[index] ?? rejected(unavailable("A process left a question unanswered."))),
      (reason: AffektError) => done(() => rejected(reason)),
    );
  }

  /** Nobody waits for this job any more: a worker that is busy with nothing else stops. */
  function release(job: OwnJob): void {
    waiting = waiting.filter((other) => other !== job);
    const slot = slots.find(({ running }) => running.includes(job));
    if (slot === undefined || slot.running.some(({ settled }) => !settled)) return;
    const { running, worker } = slot;
    worker.cancel();
    later(giveUpMs, () => {
      if (slot.running === running) worker.kill();
    });
  }

  interface Asked {
    readonly answer: Promise<PromiseSettledResult<Answer>>;
    giveUp(reason: AffektError): void;
  }

  function enqueue(question: Question, { deadlineMs, patient = false }: AskOptions): Asked {
    let settled: (result: PromiseSettledResult<Answer>) => void = () => {};
    const answer = new Promise<PromiseSettledResult<Answer>>((resolve) => {
      settled = resolve;
    });
    const job: OwnJob = {
      question,
      patient,
      kind: kind(question),
      attempts: 0,
      settled: false,
      settle(result) {
        if (job.settled) return;
        job.settled = true;
        stop(timer);
        settled(result);
      },
    };
    const giveUp = (reason: AffektError): void => {
      if (job.settled) return;
      job.settle(rejected(reason));
      release(job);
    };
    const timer = later(deadlineMs, () => giveUp(tooLate(deadlineMs)));
    waiting.push(job);
    return { answer, giveUp };
  }

  /** Questions that wait and cannot. */
  const hurried = (): number => waiting.reduce((sum, { patient }) => sum + (patient ? 0 : 1), 0);
  const retryAfterSeconds = (): number =>
    Math.min(60, Math.max(1, Math.ceil((hurried() * meanMs) / options.workers / 1000)));

  function needRoom(many: number): void {
    const waits = hurried();
    if (waits + many <= maxWaiting) return;
    throw new AffektError(
      "busy",
      `${waits} questions wait already, of at most ${maxWaiting}.`,
      `Try again in ${retryAfterSeconds()} s.`,
    );
  }

  return {
    needRoom: () => needRoom(1),
    async askAll(questions, asking) {
      const { signal, patient } = asking;
      if (closed) throw unavailable("The service is shutting down.");
      if (patient !== true) needRoom(questions.length);
      const asked = questions.map((question) => enqueue(question, asking));
      // One listener for all: a signal that many listen to is taken for a leak.
      const abort = (): void => {
        for (const { giveUp } of asked) giveUp(cancelled());
      };
      signal?.addEventListener("abort", abort, { once: true });
      if (signal?.aborted) abort();
      pump();
      const answers = await Promise.all(asked.map(({ answer }) => answer));
      signal?.removeEventListener("abort", abort);
      return answers;
    },
    load: () => ({
      waiting: waiting.length,
      running: slots.reduce((sum, { running }) => sum + running.length, 0),
      ready: slots.filter(({ ready }) => ready).length,
    }),
    retryAfterSeconds,
    async renew() {
      for (const slot of slots) await renew(slot);
    },
    async close() {
      closed = true;
      for (const { successor } of slots) {
        successor?.worker.kill();
        successor?.settled();
      }
      for (const timer of [...timers]) stop(timer);
      const left = [...waiting, ...slots.flatMap(({ running }) => running)];
      waiting = [];
      for (const job of left) job.settle(rejected(unavailable("The service is shutting down.")));
      for (const { worker } of slots) worker.kill();
      await Promise.all(slots.map(({ worker }) => worker.ended));
    },
  };
}
