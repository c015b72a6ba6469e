/**
 * Records of bytes, written one after the other and then read in any order within a budget of memory. The first ones
 * stay, as they are, in a few large arrays; the others go to a scratch file and are read a window ahead of their taker.
 * Either way a record costs the 8 bytes that tell where it begins, and no object.
 */
import { growing } from "../core/growing.ts";
import type { Scratch, WritableFiles } from "../core/ports.ts";

/** Bytes for what is read ahead: a window of records that is used, and one that is on its way. */
const AHEAD_BYTES = 2 ** 25;
/** Of a small budget, this share at most. */
const AHEAD_SHARE = 0.25;
/** Records of a window at most. */
const WINDOW = 2 ** 16;
/** Records this close to each other are read together: so many bytes take no longer than another call. */
const GAP = 2 ** 15;
/** Bytes that are read together at most, but for a longer record. */
const TOGETHER = 2 ** 20;

export interface RecordsOptions {
  readonly files: Pick<WritableFiles, "scratch">;
  /** On whose disk the records beyond the budget go. Whoever gave the files closes what is opened there. */
  readonly folder: string;
  /** Bytes that may be held. */
  readonly budget: number;
}

export interface Records {
  readonly count: number;
  /**
   * The records of these numbers, in this order. Each is right until the next one is asked for.
   *
   * @throws AffektError `file` if one cannot be read
   */
  read(order: Iterable<number>): AsyncGenerator<Uint8Array>;
  /** Bytes that are held now, and the most that ever were. */
  held(): { readonly now: number; readonly most: number };
}

export interface RecordsWriter {
  /** Copies the bytes. @throws AffektError `file` if there is no room */
  add(bytes: Uint8Array): Promise<void>;
  /** Nothing may be added any more. */
  finish(): Promise<Records>;
}

/** Records that follow each other; none goes over an end. */
interface Part {
  /** Of its first byte, among those of all records. */
  readonly start: number;
  readonly bytes?: Uint8Array;
  /** Where it begins in the scratch file, if it is not held. */
  readonly offset: number;
}

/** Some records in order. */
interface Window {
  readonly items: readonly number[];
  /** Where each begins in `bytes`, or -1 if its part is held. */
  readonly places: Int32Array;
  readonly bytes: Uint8Array;
}

export function recordsWriter({ files, folder, budget }: RecordsOptions): RecordsWriter {
  const ahead = Math.min(AHEAD_BYTES, budget * AHEAD_SHARE);
  const partBytes = Math.max(1, Math.floor(ahead / 2));
  const starts = growing((length) => new Float64Array(length));
  const parts: Part[] = [];
  let scratch: Scratch | undefined;
  let [heldBytes, windowBytes, most, end] = [0, 0, 0, 0];
  let filling = { start: 0, bytes: new Uint8Array(0), length: 0 };

  const note = () => void (most = Math.max(most, heldBytes + windowBytes + filling.bytes.length));

  async function close(): Promise<void> {
    const { start, bytes, length } = filling;
    filling = { start: end, bytes: new Uint8Array(0), length: 0 };
    if (length === 0) return;
    if (heldBytes + bytes.length <= budget - ahead - partBytes) {
      heldBytes += bytes.length;
      parts.push({ start, bytes, offset: 0 });
      return;
    }
    scratch ??= await files.scratch(folder);
    parts.push({ start, offset: await scratch.append(bytes.subarray(0, length)) });
  }

  /** The part that has this byte. */
  function partOf(byte: number): Part {
    let [low, high] = [0, parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((parts[middle] as Part).start <= byte) low = middle;
      else high = middle - 1;
    }
    return parts[low] as Part;
  }

  const endOf = (item: number): number => (item + 1 < starts.length() ? starts.at(item + 1) : end);

  /** Reads those that are not held into their places. */
  async function fetch({ items, places, bytes }: Window): Promise<Window> {
    const startOf = (slot: number): number => starts.at(items[slot] as number);
    const wanted = [...places.keys()].filter((slot) => (places[slot] as number) >= 0);
    wanted.sort((a, b) => startOf(a) - startOf(b));
    for (let at = 0; at < wanted.length; ) {
      const from = startOf(wanted[at] as number);
      const part = partOf(from);
      const offset = part.offset - part.start;
      let [next, to] = [at, from];
      for (; next < wanted.length; next++) {
        const item = items[wanted[next] as number] as number;
        const reach = endOf(item);
        if (next > at && (starts.at(item) > to + GAP || reach > from + TOGETHER || partOf(starts.at(item)) !== part))
          break;
        to = Math.max(to, reach);
      }
      const read = await (scratch as Scratch).read(from + offset, to + offset);
      for (; at < next; at++) {
        const slot = wanted[at] as number;
        const record = read.subarray(startOf(slot) - from, endOf(items[slot] as number) - from);
        bytes.set(record, places[slot] as number);
      }
    }
    return { items, places, bytes };
  }

  function windows(order: Iterable<number>): () => Promise<Window> | undefined {
    const rest = order[Symbol.iterator]();
    let following: number | undefined;
    return () => {
      const items: number[] = [];
      const places: number[] = [];
      let size = 0;
      while (items.length < WINDOW) {
        const { done, value } = following === undefined ? rest.next() : { done: false, value: following };
        following = undefined;
        if (done === true) break;
        const item = value as number;
        const start = starts.at(item);
        if (partOf(start).bytes !== undefined) places.push(-1);
        else {
          const length = endOf(item) - start;
          if (size > 0 && size + length > ahead / 2) {
            following = item;
            break;
          }
          places.push(size);
          size += length;
        }
        items.push(item);
      }
      if (items.length === 0) return undefined;
      windowBytes += size;
      note();
      const coming = fetch({ items, places: Int32Array.from(places), bytes: new Uint8Array(size) });
      // Whoever asks for it hears of the failure, and nobody else needs to.
      coming.catch(() => {});
      return coming;
    };
  }

  async function* read(order: Iterable<number>): AsyncGenerator<Uint8Array> {
    const nextWindow = windows(order);
    const before = windowBytes;
    let coming = nextWindow();
    try {
      while (coming !== undefined) {
        const { items, places, bytes } = await coming;
        coming = nextWindow();
        for (const [slot, item] of items.entries()) {
          const start = starts.at(item);
          const place = places[slot] as number;
          const part = place < 0 ? partOf(start) : undefined;
          const from = part === undefined ? place : start - part.start;
          const length = endOf(item) - start;
          yield ((part?.bytes ?? bytes) as Uint8Array).subarray(from, from + length);
        }
        windowBytes -= bytes.length;
      }
    } finally {
      // Whoever leaves early leaves one that is used and one that is on its way.
      await coming?.catch(() => {});
      windowBytes = before;
    }
  }

  return {
    async add(record) {
      const { length } = record;
      if (filling.length + length > filling.bytes.length) {
        await close();
        filling.bytes = new Uint8Array(Math.max(partBytes, length));
        note();
      }
      filling.bytes.set(record, filling.length);
      filling.length += length;
      starts.push(end);
      end += length;
    },
    async finish() {
      // The last part may have become much too large.
      filling.bytes = filling.bytes.slice(0, filling.length);
      await close();
      return {
        count: starts.length(),
        read,
        held: () => ({ now: heldBytes + windowBytes, most }),
      };
    },
  };
}
