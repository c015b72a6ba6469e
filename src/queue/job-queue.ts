/**
 * The queue of jobs: pg-boss, on the engine that also holds the tables, so that a job and its entries are written in
 * one commit. It holds ids and nothing else. An entry that is taken comes back unless it is finished: when its taker
 * gives it back, or is not heard of for a while. After too many tries it is dead.
 */
import { fromPglite, type PGliteLike, PgBoss } from "pg-boss";
import { AffektError } from "../core/errors.ts";

/** Where it lies: an engine in this process, or a server. */
export type QueueHome = { readonly pglite: PGliteLike } | { readonly url: string };

/** Runs SQL inside somebody's transaction. */
export interface SqlExecutor {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface JobQueueOptions {
  /** Tries after the first one. Default 4: with the pauses between them, about half a minute. */
  readonly retries?: number;
  /** Seconds before the second try; twice as many before each that follows. Default 2. */
  readonly pauseSeconds?: number;
  /** Seconds of silence after which a taker counts as gone, at least 10. Default 30. */
  readonly silenceSeconds?: number;
  /** Seconds between looks for takers that are gone. Default 10. */
  readonly watchSeconds?: number;
  /** Told of what goes wrong between calls: the database went away, for one. */
  onError?(cause: Error): void;
}

/** An entry that was taken. */
export interface Ticket {
  /** Of the item. */
  readonly id: string;
  /** The entry, of which a replayed item has several, and the try: a late taker cannot finish a later one's. */
  readonly entry: { readonly id: string; readonly retryCount: number };
}

/** Everything fails with what the driver throws while the database does not answer. */
export interface JobQueue {
  /** @param sql a transaction that the entries belong to */
  add(ids: readonly string[], sql?: SqlExecutor): Promise<void>;
  take(most: number): Promise<readonly Ticket[]>;
  finish(tickets: readonly Ticket[]): Promise<void>;
  giveBack(tickets: readonly Ticket[]): Promise<void>;
  /** Says that their taker is still there. */
  touch(tickets: readonly Ticket[]): Promise<void>;
  /** Entries that were tried too often. They are to be finished by `bury`. */
  takeDead(most: number): Promise<readonly Ticket[]>;
  bury(tickets: readonly Ticket[]): Promise<void>;
  stop(): Promise<void>;
}

const QUEUE = "utterances";
const DEAD = "utterances-dead";
/** Longer than any utterance takes: it is silence that tells of a lost taker. */
const EXPIRE_SECONDS = 3_600;
const ONE_DAY_SECONDS = 86_400;
/** Entries that one statement inserts. */
const PIECE = 1_000;

interface Content {
  readonly item: string;
}

/** @throws AffektError `unavailable` if the database does not answer */
export async function openJobQueue(home: QueueHome, options: JobQueueOptions = {}): Promise<JobQueue> {
  const { retries = 4, pauseSeconds = 2, silenceSeconds = 30, watchSeconds = 10 } = options;
  const boss = new PgBoss({
    ...("pglite" in home
      ? { db: fromPglite(home.pglite), backend: "pglite" as const }
      : { connectionString: home.url, max: 4, connectionTimeoutMillis: 5_000, application_name: "affekt queue" }),
    schedule: false,
    registerInstance: false,
    monitorVacuum: false,
    reindex: false,
    superviseIntervalSeconds: watchSeconds,
    monitorIntervalSeconds: watchSeconds,
  });
  boss.on("error", (cause) => options.onError?.(cause));
  const queue = {
    retryLimit: retries,
    retryDelay: pauseSeconds,
    retryBackoff: true,
    expireInSeconds: EXPIRE_SECONDS,
    heartbeatSeconds: silenceSeconds,
    deleteAfterSeconds: ONE_DAY_SECONDS,
    deadLetter: DEAD,
  };
  try {
    // The server may be about to start, as the one that the tables lie on has been waited for.
    await boss.start({ attempts: 4 });
    await boss.createQueue(DEAD, { retryLimit: 1_000, retryDelay: pauseSeconds, deleteAfterSeconds: ONE_DAY_SECONDS });
    await boss.createQueue(QUEUE, queue);
    await boss.updateQueue(QUEUE, queue);
  } catch (cause) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw new AffektError("unavailable", "The queue of jobs cannot be opened.", "Check that the database runs.", {
      cause,
    });
  }

  async function take(name: string, most: number): Promise<Ticket[]> {
    const found = await boss.fetch<Content>(name, { batchSize: most, includeMetadata: true });
    return found.map(({ id, retryCount, data }) => ({ id: data.item, entry: { id, retryCount } }));
  }
  const entries = (tickets: readonly Ticket[]) => tickets.map(({ entry }) => entry);

  return {
    async add(ids, sql) {
      for (let at = 0; at < ids.length; at += PIECE) {
        const piece = ids.slice(at, at + PIECE).map((item) => ({ data: { item } satisfies Content }));
        await boss.insert(
          QUEUE,
          piece,
          sql === undefined ? {} : { db: sql as { executeSql(): Promise<{ rows: never[] }> } },
        );
      }
    },
    take: (most) => take(QUEUE, most),
    async finish(tickets) {
      if (tickets.length > 0) await boss.complete(QUEUE, entries(tickets));
    },
    async giveBack(tickets) {
      if (tickets.length > 0) await boss.fail(QUEUE, entries(tickets));
    },
    async touch(tickets) {
      if (tickets.length > 0) await boss.touch(QUEUE, entries(tickets));
    },
    takeDead: (most) => take(DEAD, most),
    async bury(tickets) {
      if (tickets.length > 0) await boss.complete(DEAD, entries(tickets));
    },
    stop: () => boss.stop({ graceful: false, close: "url" in home }),
  };
}
