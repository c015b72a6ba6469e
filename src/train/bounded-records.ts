/**
 * Records of bytes, written one after the other and then read in any order within a budget of memory. The first ones
 * stay, as they are, in a few large arrays; the others go to files and are read a window ahead of whoever takes them.
 * Either way a record costs the 8 bytes that tell where it begins, and no object.
 */
import { AffektError } from "../core/errors.ts";
import { growing } from "../core/growing.ts";
import type { WritableFiles } from "../core/ports.ts";
import { checksum } from "./checksum.ts";

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
/** Bytes of the checksum before each record. */
const MARK = 4;

export interface RecordsOptions {
  readonly files: WritableFiles;
  /** Lower-case hexadecimal SHA-256 of a text. */
  readonly sha256: (text: string) => string;
  /** Where records beyond the budget go. A file is named by what is in it, so that another run writes the same again. */
  readonly folder: string;
  /** Bytes that may be held. */
  readonly budget: number;
}

export interface Records {
  readonly count: number;
  /**
   * The records of these numbers, in this order. Each is right until the next one is asked for.
   *
   * @throws AffektError `file` if one that lies in a file is damaged or gone
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
  readonly path?: string;
}

/** Some records in order. */
interface Window {
  readonly items: readonly number[];
  /** Where each begins in `bytes`, or -1 if it is in a part that is held. */
  readonly places: Int32Array;
  readonly bytes: Uint8Array;
}

/** Bytes that are hashed as one text: of all of a part it would take several times what the part does. */
const HASHED = 2 ** 16;

/** A name for these bytes and no others. @param sha256 of a text */
function nameOf(bytes: Uint8Array, sha256: (text: string) => string): string {
  // Every byte as one character.
  const latin1 = new TextDecoder("latin1");
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length; from += HASHED) {
    pieces.push(sha256(latin1.decode(bytes.subarray(from, from + HASHED))));
  }
  return sha256(pieces.join("\n")).slice(0, 32);
}

function damaged(path: string): AffektError {
  return new AffektError(
    "file",
    `${path} is damaged or gone, and the training needs what it kept there.`,
    "Run the same command again: the file is made anew, and the training goes on from its last epoch.",
  );
}

export function recordsWriter({ files, sha256, folder, budget }: RecordsOptions): RecordsWriter {
  const ahead = Math.min(AHEAD_BYTES, budget * AHEAD_SHARE);
  const partBytes = Math.max(MARK, Math.floor(ahead / 2));
  const starts = growing((length) => new Float64Array(length));
  const parts: Part[] = [];
  let [heldBytes, windowBytes, most, end] = [0, 0, 0, 0];
  let filling = { start: 0, bytes: new Uint8Array(0), length: 0 };

  const note = () => void (most = Math.max(most, heldBytes + windowBytes + filling.bytes.length));

  async function close(): Promise<void> {
    const { start, bytes, length } = filling;
    filling = { start: end, bytes: new Uint8Array(0), length: 0 };
    if (length === 0) return;
    if (heldBytes + bytes.length <= budget - ahead - partBytes) {
      heldBytes += bytes.length;
      parts.push({ start, bytes });
      return;
    }
    const whole = bytes.subarray(0, length);
    const path = `${folder}/${nameOf(whole, sha256)}.bin`;
    await files.write(path, whole);
    parts.push({ start, path });
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

  /** Reads those that lie in files into their places. */
  async function fetch({ items, places, bytes }: Window): Promise<Window> {
    const startOf = (slot: number): number => starts.at(items[slot] as number);
    const wanted = [...places.keys()].filter((slot) => (places[slot] as number) >= 0);
    wanted.sort((a, b) => startOf(a) - startOf(b));
    for (let at = 0; at < wanted.length; ) {
      const from = startOf(wanted[at] as number);
      const { start, path } = partOf(from);
      let [next, to] = [at, from];
      for (; next < wanted.length; next++) {
        const item = items[wanted[next] as number] as number;
        const reach = endOf(item);
        if (
          next > at &&
          (starts.at(item) > to + GAP || reach > from + TOGETHER || partOf(starts.at(item)).path !== path)
        )
          break;
        to = Math.max(to, reach);
      }
      const read = await readPart(path as string, from - start, to - start);
      for (; at < next; at++) {
        const slot = wanted[at] as number;
        const offset = startOf(slot) - from;
        const record = read.subarray(offset, offset + endOf(items[slot] as number) - startOf(slot));
        const sum = new DataView(record.buffer, record.byteOffset, MARK).getUint32(0, true);
        if (checksum(record.subarray(MARK)) !== sum) throw damaged(path as string);
        bytes.set(record, places[slot] as number);
      }
    }
    return { items, places, bytes };
  }

  async function readPart(path: string, from: number, to: number): Promise<Uint8Array> {
    try {
      const bytes = await files.readRange(path, from, to);
      if (bytes.length === to - from) return bytes;
    } catch (error) {
      if (!(error instanceof AffektError && error.code === "file")) throw error;
    }
    throw damaged(path);
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
        if (partOf(start).path === undefined) places.push(-1);
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
          const from = (part === undefined ? place : start - part.start) + MARK;
          const length = endOf(item) - start - MARK;
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
      const length = MARK + record.length;
      if (filling.length + length > filling.bytes.length) {
        await close();
        filling.bytes = new Uint8Array(Math.max(partBytes, length));
        note();
      }
      const { bytes, length: at } = filling;
      new DataView(bytes.buffer).setUint32(at, checksum(record), true);
      bytes.set(record, at + MARK);
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
