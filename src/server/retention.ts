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
  /** What else is too old now. */
  readonly also?: (now: Date) => Promise<Counts>;
  done(deleted: Counts): void;
  failed(cause: unknown): void;
}

/** @returns what ends it, after what is being deleted is deleted */
export function startRetention(store: Store, options: RetentionOptions): () => Promise<void> {
  const { keepDays, clock, also, done, failed } = options;
  let running: Promise<void> = Promise.resolve();
  const expire = (): void => {
    running = running.then(async () => {
      const now = clock().getTime();
      try {
        const before = {
          predictions: new Date(now - keepDays * DAY_MS),
          claims: new Date(now - CLAIM_MS),
          now: new Date(now),
        };
        const deleted = await store.expire(before);
        done({ ...deleted, ...(await also?.(new Date(now))) });
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
