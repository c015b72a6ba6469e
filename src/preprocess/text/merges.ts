/**
 * Byte-pair encoding: joins the most frequent pair of neighbours, again and again.
 *
 * Source: Sennrich, Haddow & Birch (2016), "Neural machine translation of rare words with subword units". All words
 * lie in one flat list with links, every pair keeps the positions where it may stand (checked when read), and a heap
 * with lazy updates gives the next pair: each merge costs what it changes and no more.
 */
import { pairHeap } from "./pair-heap.ts";

export interface MergeOptions {
  /** First id that a merge may take. */
  readonly firstId: number;
  /** Most merges. */
  readonly limit: number;
  /** A pair that stands fewer times is not merged. */
  readonly minCount: number;
  /** Whether two ids may join (longest piece, script). Asked once per pair. */
  allows(left: number, right: number): boolean;
  /** Told of every merge, in order. */
  joined(left: number, right: number, id: number): void;
}

/**
 * Learns merges.
 *
 * @param words base ids of every distinct word; ids below 0 are unknown characters and never merge
 * @param counts how often each word stands, same length
 * @returns `[left, right, left, right, …]`, best first
 */
export function learnMerges(
  words: readonly ArrayLike<number>[],
  counts: ArrayLike<number>,
  options: MergeOptions,
): number[] {
  let total = 0;
  for (const word of words) total += word.length + 1;
  const ids = new Int32Array(total).fill(-1);
  const next = new Int32Array(total).fill(-1);
  const previous = new Int32Array(total).fill(-1);
  const weight = new Float64Array(total);

  const stride = options.firstId + options.limit;
  const pairCount = new Map<number, number>();
  const positions = new Map<number, number[]>();
  const fresh = new Set<number>();
  function add(at: number, left: number, right: number, amount: number): void {
    if (left < 0 || right < 0) return;
    const key = left * stride + right;
    const count = pairCount.get(key);
    if (count === undefined) {
      const allowed = options.allows(left, right);
      // An infinitely negative count never wins and never has to be asked about again.
      pairCount.set(key, allowed ? amount : Number.NEGATIVE_INFINITY);
      if (!allowed) return;
      positions.set(key, [at]);
      fresh.add(key);
      return;
    }
    if (count === Number.NEGATIVE_INFINITY) return;
    pairCount.set(key, count + amount);
    fresh.add(key);
    const list = positions.get(key);
    if (list) list.push(at);
    else positions.set(key, [at]);
  }
  function remove(left: number, right: number, amount: number): void {
    if (left < 0 || right < 0) return;
    const key = left * stride + right;
    const count = pairCount.get(key);
    if (count !== undefined) pairCount.set(key, count - amount);
  }

  let cursor = 0;
  words.forEach((word, index) => {
    for (let at = 0; at < word.length; at++, cursor++) {
      ids[cursor] = word[at]!;
      weight[cursor] = counts[index]!;
      if (at === 0) continue;
      previous[cursor] = cursor - 1;
      next[cursor - 1] = cursor;
      add(cursor - 1, ids[cursor - 1]!, ids[cursor]!, weight[cursor]!);
    }
    cursor++;
  });

  const heap = pairHeap();
  function offerFresh(): void {
    for (const key of fresh) {
      const count = pairCount.get(key)!;
      if (count >= options.minCount) heap.push(count, key);
    }
    fresh.clear();
  }
  offerFresh();

  const merges: number[] = [];
  while (merges.length < 2 * options.limit) {
    const top = heap.pop();
    if (!top) break;
    const count = pairCount.get(top.key) ?? 0;
    if (count !== top.count) {
      // Counts only fall between offers, so a stale entry is put back at its true place.
      if (count >= options.minCount && count < top.count) heap.push(count, top.key);
      continue;
    }
    const left = Math.floor(top.key / stride);
    const right = top.key % stride;
    const id = options.firstId + merges.length / 2;
    merges.push(left, right);
    options.joined(left, right, id);
    for (const at of positions.get(top.key) ?? []) {
      const after = next[at]!;
      if (ids[at] !== left || after < 0 || ids[after] !== right) continue;
      const before = previous[at]!;
      const beyond = next[after]!;
      const amount = weight[at]!;
      if (before >= 0) {
        remove(ids[before]!, left, amount);
        add(before, ids[before]!, id, amount);
      }
      if (beyond >= 0) {
        remove(right, ids[beyond]!, amount);
        add(at, id, ids[beyond]!, amount);
        previous[beyond] = at;
      }
      ids[at] = id;
      ids[after] = -1;
      next[at] = beyond;
    }
    positions.delete(top.key);
    pairCount.delete(top.key);
    fresh.delete(top.key);
    offerFresh();
  }
  return merges;
}
