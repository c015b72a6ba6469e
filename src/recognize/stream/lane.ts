/** Work of one kind, one after the other. Several lanes of a session wait for their turns side by side. */
import type { Turns, Urgency } from "./turns.ts";

export interface Job {
  readonly urgency: Urgency;
  /** What needs no network, before the turn. */
  readonly prepare?: () => Promise<void>;
  run(): Promise<void>;
}

export interface Lane {
  /** There may be something to do. */
  wake(): void;
  /** Resolves when there is nothing to do any more. */
  settled(): Promise<void>;
}

export interface LaneParts {
  readonly turns: Turns;
  /** Takes the next job; undefined: there is none. */
  readonly next: () => Job | undefined;
  /** Whether something waits, to be looked at without taking it. */
  readonly isWaiting: () => boolean;
  readonly isClosed: () => boolean;
  readonly fail: (cause: unknown) => void;
  /** After every job, and at the end. */
  readonly done: () => void;
}

export function createLane({ turns, next, isWaiting, isClosed, fail, done }: LaneParts): Lane {
  let running: Promise<void> | undefined;

  async function work(): Promise<void> {
    // What is sent in one go is looked at together.
    await Promise.resolve();
    for (let job = next(); job !== undefined && !isClosed(); job = next()) {
      const { urgency, prepare, run } = job;
      try {
        await prepare?.();
        await turns.take(urgency, run);
      } catch (cause) {
        fail(cause);
      }
      done();
    }
    done();
  }

  function wake(): void {
    running ??= work().finally(() => {
      running = undefined;
      // Something may have come between the last look and now.
      if (!isClosed() && isWaiting()) wake();
    });
  }

  return {
    wake,
    async settled() {
      while (running !== undefined) await running;
    },
  };
}
