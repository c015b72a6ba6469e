/** How long a reader waits for what it reads. */

export interface Waited<T> {
  /** The same items in the same order. */
  readonly items: AsyncIterable<T>;
  /** Share of the time since the first item was asked for that was spent waiting, in [0, 1]. */
  share(): number;
}

/** @param now milliseconds of a steady clock */
export function waitingFor<T>(source: Iterable<T> | AsyncIterable<T>, now: () => number): Waited<T> {
  let started: number | undefined;
  let [waited, ended] = [0, 0];
  async function* items(): AsyncGenerator<T> {
    const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    try {
      for (;;) {
        const asked = now();
        started ??= asked;
        const { done, value } = await iterator.next();
        ended = now();
        waited += ended - asked;
        if (done === true) return;
        yield value;
      }
    } finally {
      ended = now();
      // Whoever leaves early lets the source clean up.
      await iterator.return?.();
    }
  }
  return {
    items: { [Symbol.asyncIterator]: items },
    share: () => (started === undefined || ended === started ? 0 : waited / (ended - started)),
  };
}
