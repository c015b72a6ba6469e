/** Items read in any order within a budget of memory: as many as fit are held, the others are read again each time. */

/**
 * Bytes of features that a training holds unless it is told otherwise. So some 28,000 recordings of three seconds are
 * read once, more than most corpora of spoken emotion have, and a machine of 4 GB has room for the network besides.
 */
export const HELD_BYTES = 2 ** 30;

/** Bytes for what is read ahead of the training: enough that a disk is busy while a step is computed. */
const AHEAD_BYTES = 2 ** 25;
/** Of a small budget, this share at most. */
const AHEAD_SHARE = 0.25;
/** Items that are asked for together. */
const TOGETHER = 128;

export interface BoundedReaderOptions<T> {
  /** Items are numbered from 0. */
  readonly count: number;
  /** Bytes that may be held; those of the two largest items at least. */
  readonly budget: number;
  /** At most so many bytes are needed for an item. */
  readonly bytesOf: (item: number) => number;
  /** Reads these, in order. */
  readonly load: (items: readonly number[]) => Promise<readonly T[]>;
}

export interface BoundedReader<T> {
  /** The items of these numbers, in this order, read a little ahead of whoever takes them. */
  read(order: Iterable<number>): AsyncGenerator<T>;
  /** Bytes that are held now, and the most that ever were. */
  held(): { readonly now: number; readonly most: number };
}

interface Group<T> {
  readonly items: Promise<readonly T[]>;
  /** That go when the group has been used. */
  readonly bytes: number;
}

export function boundedReader<T>({ count, budget, bytesOf, load }: BoundedReaderOptions<T>): BoundedReader<T> {
  let [total, largest] = [0, 0];
  for (let item = 0; item < count; item++) {
    total += bytesOf(item);
    largest = Math.max(largest, bytesOf(item));
  }
  const ahead = total <= budget ? 0 : Math.max(2 * largest, Math.min(AHEAD_BYTES, budget * AHEAD_SHARE));
  const stays = new Map<number, T>();
  /** Also those that are still on their way. */
  const chosen = new Set<number>();
  let [stayingBytes, passingBytes, most] = [0, 0, 0];

  /** Loads what is neither held nor comes twice. */
  async function bring(order: readonly number[], fresh: readonly number[]): Promise<readonly T[]> {
    const loaded = await load(fresh);
    const own = new Map(fresh.map((item, at) => [item, loaded[at] as T]));
    for (const [item, value] of own) if (chosen.has(item)) stays.set(item, value);
    return order.map((item) => stays.get(item) ?? (own.get(item) as T));
  }

  /** The next items that fit into half of what may be read ahead: one half is used while the other one is read. */
  function groups(order: Iterable<number>): () => Group<T> | undefined {
    const rest = order[Symbol.iterator]();
    let following: number | undefined;
    return () => {
      const items: number[] = [];
      const fresh = new Set<number>();
      let bytes = 0;
      while (items.length < TOGETHER) {
        const next = following === undefined ? rest.next() : { done: false, value: following };
        following = undefined;
        if (next.done === true) break;
        const item = next.value as number;
        if (!stays.has(item) && !fresh.has(item)) {
          const size = bytesOf(item);
          if (!chosen.has(item) && stayingBytes + size <= budget - ahead) {
            chosen.add(item);
            stayingBytes += size;
          } else if (bytes > 0 && bytes + size > ahead / 2) {
            following = item;
            break;
          } else bytes += size;
          fresh.add(item);
        }
        items.push(item);
      }
      if (items.length === 0) return undefined;
      passingBytes += bytes;
      most = Math.max(most, stayingBytes + passingBytes);
      const coming = fresh.size > 0 ? bring(items, [...fresh]) : Promise.resolve(items.map((at) => stays.get(at) as T));
      // Whoever asks for them hears of the failure, and nobody else needs to.
      coming.catch(() => {});
      return { items: coming, bytes };
    };
  }

  async function* read(order: Iterable<number>): AsyncGenerator<T> {
    const nextGroup = groups(order);
    let group = nextGroup();
    let next: Group<T> | undefined;
    try {
      while (group !== undefined) {
        const items = await group.items;
        next = nextGroup();
        yield* items;
        passingBytes -= group.bytes;
        group = next;
        next = undefined;
      }
    } finally {
      for (const left of [group, next]) {
        await left?.items.catch(() => {});
        passingBytes -= left?.bytes ?? 0;
      }
    }
  }

  return { read, held: () => ({ now: stayingBytes + passingBytes, most }) };
}
