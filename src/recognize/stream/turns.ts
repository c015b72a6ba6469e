/**
 * Who may use the networks next. A run of a network blocks the thread, so that sessions of one process take turns: what
 * somebody waits for goes before what only makes a picture livelier.
 */

/** The sooner, the more urgent. */
const URGENCY = ["result", "sound", "frame", "partial"] as const;
export type Urgency = (typeof URGENCY)[number];

export interface Turns {
  /** Runs the work when its turn comes; at most one runs at a time, equally urgent ones in order of asking. */
  take<T>(urgency: Urgency, work: () => Promise<T>): Promise<T>;
  /** Whether nothing runs or waits. */
  idle(): boolean;
}

export function createTurns(): Turns {
  const waiting: Readonly<Record<Urgency, (() => void)[]>> = { result: [], sound: [], frame: [], partial: [] };
  let busy = false;

  function next(): void {
    for (const urgency of URGENCY) {
      const begin = waiting[urgency].shift();
      if (begin === undefined) continue;
      begin();
      return;
    }
    busy = false;
  }

  return {
    async take(urgency, work) {
      if (busy) await new Promise<void>((resolve) => void waiting[urgency].push(resolve));
      busy = true;
      try {
        return await work();
      } finally {
        next();
      }
    },
    idle: () => !busy,
  };
}
