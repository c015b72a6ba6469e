/**
 * Takes entries from the queue and has them worked on, several groups at a time, until it is told to stop. Whatever
 * happens to this process, an entry is worked on at least once; that its result counts once is for whoever writes it.
 */
import type { JobQueue, Ticket } from "./job-queue.ts";

export interface RunnerOptions {
  readonly queue: JobQueue;
  /**
   * Works on items and writes down how they ended.
   *
   * @param signal aborted when there is no time left
   * @returns the ids that are to be tried again
   */
  work(ids: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Writes down that nobody managed to. */
  bury(ids: readonly string[]): Promise<void>;
  /** Groups at a time. */
  readonly groups: number;
  /** Items in a group. */
  readonly groupSize: number;
  /** Pause when there is nothing to do, or the database does not answer, in ms. Default 500. */
  readonly idleMs?: number;
  /** Between two signs of life, in ms. Default 3,000; well below the queue's `silenceSeconds`. */
  readonly touchMs?: number;
  onError?(cause: unknown): void;
}

export interface Runner {
  /** There is something new: nobody sleeps on. */
  wake(): void;
  /** Items that are being worked on. */
  running(): number;
  /** Takes nothing new, and ends when what was taken is done or given back. @param graceMs until it is given back */
  drain(graceMs: number): Promise<void>;
}

export function startRunner(options: RunnerOptions): Runner {
  const { queue, groups, groupSize, idleMs = 500, touchMs = 3_000, onError = () => {} } = options;
  const ended = new AbortController();
  const taken = new Set<Ticket>();
  const sleepers = new Set<() => void>();
  let draining = false;

  function sleep(): Promise<void> {
    return new Promise((resolve) => {
      const awake = (): void => {
        clearTimeout(timer);
        sleepers.delete(awake);
        resolve();
      };
      const timer = setTimeout(awake, idleMs);
      sleepers.add(awake);
    });
  }
  const wake = (): void => {
    for (const awake of [...sleepers]) awake();
  };

  async function workOn(tickets: readonly Ticket[]): Promise<void> {
    for (const ticket of tickets) taken.add(ticket);
    try {
      const again = await options.work(
        tickets.map(({ id }) => id),
        ended.signal,
      );
      await queue.finish(tickets.filter(({ id }) => !again.has(id)));
      await queue.giveBack(tickets.filter(({ id }) => again.has(id)));
    } catch (cause) {
      onError(cause);
      // If this fails too, silence gives them back.
      await queue.giveBack(tickets).catch(onError);
    } finally {
      for (const ticket of tickets) taken.delete(ticket);
    }
  }

  async function bury(): Promise<boolean> {
    const dead = await queue.takeDead(groupSize);
    if (dead.length === 0) return false;
    await options.bury(dead.map(({ id }) => id));
    await queue.bury(dead);
    return true;
  }

  async function work(): Promise<boolean> {
    const tickets = await queue.take(groupSize);
    if (tickets.length > 0) await workOn(tickets);
    return tickets.length > 0;
  }

  async function loop(_: unknown, group: number): Promise<void> {
    while (!draining) {
      let busy = false;
      try {
        // One of the loops is enough for what hardly ever happens.
        const buried = group === 0 && (await bury());
        busy = (await work()) || buried;
      } catch (cause) {
        onError(cause);
      }
      if (!busy && !draining) await sleep();
    }
  }

  const loops = Array.from({ length: groups }, loop);
  const pulse = setInterval(() => void queue.touch([...taken]).catch(onError), touchMs);
  return {
    wake,
    running: () => taken.size,
    async drain(graceMs) {
      draining = true;
      wake();
      const late = setTimeout(() => ended.abort(), graceMs);
      await Promise.all(loops);
      clearTimeout(late);
      clearInterval(pulse);
    },
  };
}
