/** Deletes what is older than it may be, now and every hour. */
import type { Counts, Store } from "../store/store.ts";

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** How long the answer to a request that may be repeated is kept. */
const CLAIM_MS = DAY_MS;

interface RetentionOptions {
  /** Days that predictions are kept; not a whole number where a test needs it. */
  readonly keepDays: number;
  readonly clock: () => Date;
  done(deleted: Counts): void;
  failed(cause: unknown): void;
}

/** @returns what ends it, after what is being deleted is deleted */
export function startRetention(store: Store, { keepDays, clock, done, failed }: RetentionOptions): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const expire = (): void => {
    running = running.then(async () => {
      const now = clock().getTime();
      try {
        done(await store.expire({ predictions: new Date(now - keepDays * DAY_MS), claims: new Date(now - CLAIM_MS) }));
      } catch (cause) {
        // The database may be away: the next hour makes up for it.
        failed(cause);
      }
    });
  };
  expire();
  const timer = setInterval(expire, EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
