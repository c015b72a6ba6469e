/**
 * Keeps the results of a stream. A result waits a little before it is written, because a text that comes late revises
 * it, and so that many are written at once.
 */
import type { PredictionReply } from "../prediction-schema.ts";

export interface Keeper {
  /** @param utterance a later revision takes the place of an earlier one that is not yet written */
  add(utterance: number, prediction: PredictionReply): void;
  /** Writes what waits. Never rejects. */
  flush(): Promise<void>;
}

const WAIT_MS = 5_000;
/** While the database is away: the oldest are given up. */
const MOST_WAITING = 1_000;

export function createKeeper(
  write: (predictions: readonly PredictionReply[]) => Promise<void>,
  failed: (lost: number) => void,
): Keeper {
  let waiting = new Map<number, PredictionReply>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function writeAll(): Promise<void> {
    const batch = waiting;
    if (batch.size === 0) return;
    waiting = new Map();
    try {
      await write([...batch.values()]);
    } catch {
      const again = [...batch, ...waiting];
      waiting = new Map(again.slice(-MOST_WAITING));
      if (again.length > waiting.size) failed(again.length - waiting.size);
      schedule();
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeAll);
    return writing;
  }

  function schedule(): void {
    timer ??= setTimeout(() => void flush(), WAIT_MS).unref();
  }

  return {
    add(utterance, prediction) {
      waiting.set(utterance, prediction);
      schedule();
    },
    flush,
  };
}
