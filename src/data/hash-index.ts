/**
 * A map from texts to whole numbers that keeps no text: 12 bytes a slot, whatever the length of the keys.
 *
 * A text is known by 64 bits of hash, so two of a million texts are taken for one with a probability of 3e-8 (n² / 2⁶⁵).
 *
 * Source: MurmurHash3 (Appleby 2011) over UTF-16 units, two lanes with different constants; open addressing.
 */

/** How full the table may be before it grows, as a share of its slots. */
const FULLEST = 0.7;
const EMPTY = -1;

export interface HashIndex {
  readonly size: number;
  /** The number of a key, or -1. */
  get(key: string): number;
  /** Sets a number of 0 or more. */
  set(key: string, value: number): void;
  /** Keeps the number that the key has, or gives it this one. @returns the number that it had, or -1 */
  add(key: string, value: number): number;
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

export function createHashIndex(): HashIndex {
  let slots = 1 << 10;
  let low = new Int32Array(slots);
  let high = new Int32Array(slots);
  let values = new Int32Array(slots).fill(EMPTY);
  let size = 0;

  function place(first: number, second: number): number {
    let slot = first & (slots - 1);
    while (values[slot] !== EMPTY && (low[slot] !== first || high[slot] !== second)) slot = (slot + 1) & (slots - 1);
    return slot;
  }

  function grow(): void {
    const old = { low, high, values };
    slots *= 2;
    low = new Int32Array(slots);
    high = new Int32Array(slots);
    values = new Int32Array(slots).fill(EMPTY);
    for (let at = 0; at < old.values.length; at++) {
      const value = old.values[at] as number;
      if (value === EMPTY) continue;
      const slot = place(old.low[at] as number, old.high[at] as number);
      low[slot] = old.low[at] as number;
      high[slot] = old.high[at] as number;
      values[slot] = value;
    }
  }

  /** Slot of a key, claimed by `value` if it is new and that is not -1. */
  function find(key: string, value: number): number {
    let [first, second] = [0x2f0b4a27, 0x11a9c5d3];
    for (let at = 0; at < key.length; at++) {
      const unit = key.charCodeAt(at);
      first ^= Math.imul(rotated(Math.imul(unit, 0xcc9e2d51), 15), 0x1b873593);
      first = (Math.imul(rotated(first, 13), 5) + 0xe6546b64) | 0;
      second ^= Math.imul(rotated(Math.imul(unit, 0x239b961b), 17), 0xab0e9789);
      second = (Math.imul(rotated(second, 19), 5) + 0x561ccd1b) | 0;
    }
    first = mixed(first ^ key.length);
    second = mixed((second + first) | 0);
    if (value !== EMPTY && size >= slots * FULLEST) grow();
    const slot = place(first, second);
    if (value !== EMPTY && values[slot] === EMPTY) {
      low[slot] = first;
      high[slot] = second;
      size++;
    }
    return slot;
  }

  return {
    get size() {
      return size;
    },
    get: (key) => values[find(key, EMPTY)] as number,
    set(key, value) {
      // Not in one expression: the array may be another one after the slot was found.
      const slot = find(key, value);
      values[slot] = value;
    },
    add(key, value) {
      const slot = find(key, value);
      const before = values[slot] as number;
      if (before === EMPTY) values[slot] = value;
      return before;
    },
  };
}
