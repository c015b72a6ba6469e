/** What the dispatcher hands work to: a process or a thread that answers batches, and that may end at any moment. */
export interface Worker<Question, Answer> {
  /** Resolves when it can take work. A worker that cannot be started ends instead. */
  readonly ready: Promise<void>;
  /** Resolves, with the reason, when it is gone, for whatever cause. Never rejects. */
  readonly ended: Promise<string>;
  /** One answer per question. Settles never if the worker ends first. One batch at a time. */
  run(batch: readonly Question[]): Promise<readonly PromiseSettledResult<Answer>[]>;
  /** Asks it to give up the running batch. */
  cancel(): void;
  /** Ends it at once. */
  kill(): void;
}
