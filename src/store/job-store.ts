/** What is remembered about jobs, whatever keeps it. A job is many utterances that are recognized when there is time. */

/** Runs SQL inside or outside a transaction: how the queue writes beside the store, in one commit. */
export interface SqlExecutor {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

export type JobState = "running" | "done" | "cancelled";
/** `failed`: it cannot be recognized. `dead`: nobody managed to, again and again; it may be replayed. */
export type ItemState = "waiting" | "done" | "failed" | "dead" | "cancelled";

export interface NewJob {
  readonly id: string;
  readonly createdAt: Date;
  /** Look at these only; null: at all. */
  readonly modalities: readonly string[] | null;
  /** Whether results also become predictions. */
  readonly keep: boolean;
  /** How long sealed inputs are kept though they are recognized; null: not at all. */
  readonly mediaUntil: Date | null;
  /** The whole scenario, as JSON; null: none. */
  readonly rules?: unknown;
  /** Whose law was said to apply. */
  readonly jurisdiction?: string | null;
  /** The scenario keeps results no longer; null: as long as the service does. */
  readonly keepUntil?: Date | null;
}

export interface NewItem {
  readonly id: string;
  /** What the client calls it. */
  readonly name?: string | undefined;
  readonly subject?: string | undefined;
  readonly session?: string | undefined;
  /** Sealed; null where the media folder holds it. */
  readonly input: Uint8Array | null;
}

export interface Job {
  readonly id: string;
  readonly owner: string;
  readonly state: JobState;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly total: number;
  /** Of the scenario whose rules apply. */
  readonly scenario: string | null;
  readonly counts: Readonly<Record<ItemState, number>>;
}

/** An item that is still to be recognized. */
export interface WaitingItem {
  readonly id: string;
  readonly job: string;
  readonly owner: string;
  readonly subject: string | null;
  readonly session: string | null;
  readonly input: Uint8Array | null;
  readonly modalities: readonly string[] | null;
  /** As they came in with the job. */
  readonly rules: unknown;
  readonly jurisdiction: string | null;
}

export interface JobItem {
  readonly id: string;
  readonly job: string;
  readonly position: number;
  readonly name: string | null;
  readonly subject: string | null;
  readonly session: string | null;
  readonly state: ItemState;
  readonly prediction: unknown;
  readonly problem: unknown;
  readonly finishedAt: Date | null;
}

export type Outcome =
  | {
      readonly id: string;
      readonly state: "done";
      readonly label: string | null;
      readonly confidence: number;
      /** The whole answer, as JSON. */
      readonly prediction: unknown;
      readonly scenario?: string | undefined;
      /** What the scenario says: whether it may become a kept prediction, and how long. */
      readonly mayKeep?: boolean | undefined;
      readonly keepUntil?: Date | undefined;
    }
  | { readonly id: string; readonly state: "failed" | "dead"; readonly problem: unknown };

/** Everything fails with AffektError `unavailable` while the database does not answer. An owner undefined: any. */
export interface JobStore {
  /** @param enqueue called with the item ids inside the same transaction */
  addJob(
    owner: string,
    job: NewJob,
    items: readonly NewItem[],
    enqueue: (ids: readonly string[], sql: SqlExecutor) => Promise<void>,
  ): Promise<void>;
  findJob(owner: string | undefined, id: string): Promise<Job | undefined>;
  /** Newest first. */
  listJobs(
    owner: string | undefined,
    page: { readonly limit: number; readonly after?: { readonly createdAt: Date; readonly id: string } | undefined },
  ): Promise<readonly Job[]>;
  /** Those of the ids that still wait. */
  waitingItems(ids: readonly string[]): Promise<readonly WaitingItem[]>;
  /**
   * Writes results once: an item that has one keeps it.
   *
   * @returns the items that this call settled, and those whose sealed file may go now
   */
  settleItems(outcomes: readonly Outcome[], now: Date): Promise<{ settled: number; media: readonly string[] }>;
  /** In order of position, after one. */
  listItems(
    owner: string | undefined,
    job: string,
    page: { readonly after: number; readonly limit: number; readonly states?: readonly ItemState[] },
  ): Promise<readonly JobItem[]>;
  /** @returns the ids that will not be recognized; undefined if there is no such running job */
  cancelJob(owner: string | undefined, id: string, now: Date): Promise<readonly string[] | undefined>;
  /** Deletes a job with its results. @returns the sealed files to delete; undefined if there is no such job */
  deleteJob(owner: string | undefined, id: string): Promise<readonly string[] | undefined>;
  /** Dead items of all jobs, oldest first. */
  deadItems(owner: string | undefined, limit: number): Promise<readonly JobItem[]>;
  /** Lets dead items of a job wait again. @returns how many */
  replayItems(
    owner: string | undefined,
    job: string,
    enqueue: (ids: readonly string[], sql: SqlExecutor) => Promise<void>,
  ): Promise<number>;
  /** Every item that waits, of all jobs: a queue that lost them is filled anew. */
  allWaiting(enqueue: (ids: readonly string[], sql: SqlExecutor) => Promise<void>): Promise<number>;
  /**
   * Deletes jobs from before a date, and inputs whose time is over; what still waits since before `unread` fails.
   *
   * @returns rows per kind, and the sealed files to delete
   */
  expireJobs(
    before: { readonly jobs: Date; readonly unread: Date; readonly now: Date },
    problem: unknown,
  ): Promise<{ readonly counts: Readonly<Record<string, number>>; readonly media: readonly string[] }>;
  /** Those of the ids whose sealed file is still needed. */
  mediaInUse(ids: readonly string[]): Promise<readonly string[]>;
  /** The ids of sealed files about a subject. */
  mediaOf(owner: string, subject: string): Promise<readonly string[]>;
}
