/** A binary max-heap of (count, key) with lazy updates: the caller checks a popped count against the true one. */
export interface PairHeap {
  readonly size: number;
  push(count: number, key: number): void;
  /** The entry of the largest count; the smallest key among equals, so that training is deterministic. */
  pop(): { readonly count: number; readonly key: number } | undefined;
}

export function pairHeap(): PairHeap {
  const counts: number[] = [];
  const keys: number[] = [];
  const before = (a: number, b: number): boolean =>
    counts[a]! > counts[b]! || (counts[a] === counts[b] && keys[a]! < keys[b]!);
  function swap(a: number, b: number): void {
    [counts[a], counts[b]] = [counts[b]!, counts[a]!];
    [keys[a], keys[b]] = [keys[b]!, keys[a]!];
  }
  return {
    get size() {
      return counts.length;
    },
    push(count, key) {
      let child = counts.push(count) - 1;
      keys.push(key);
      while (child > 0) {
        const parent = (child - 1) >> 1;
        if (!before(child, parent)) break;
        swap(child, parent);
        child = parent;
      }
    },
    pop() {
      if (counts.length === 0) return undefined;
      const top = { count: counts[0]!, key: keys[0]! };
      swap(0, counts.length - 1);
      counts.pop();
      keys.pop();
      let parent = 0;
      for (;;) {
        let best = parent;
        const left = 2 * parent + 1;
        if (left < counts.length && before(left, best)) best = left;
        if (left + 1 < counts.length && before(left + 1, best)) best = left + 1;
        if (best === parent) return top;
        swap(parent, best);
        parent = best;
      }
    },
  };
}
