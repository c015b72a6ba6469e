/**
 * Seeded random numbers. Everything random takes a `Random`, so the same seed gives the same run, and a run that
 * stops can save `state()` and go on exactly where it was.
 *
 * Source: sfc32 of PractRand (Chris Doty-Humphrey), seeded by splitmix32.
 */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Standard normal (Box–Muller; draws two uniforms). */
  normal(): number;
  /** A new generator that does not share state with this one. */
  fork(): Random;
  /** Four 32-bit words: all that is needed to go on from here. */
  state(): readonly [number, number, number, number];
}

function splitmix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

export function random(seed: number | readonly [number, number, number, number]): Random {
  let [a, b, c, counter] = [0, 0, 0, 0];
  if (typeof seed === "number") {
    const word = splitmix32(seed);
    [a, b, c, counter] = [word(), word(), word(), 1];
  } else {
    [a, b, c, counter] = seed;
  }
  function word(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  }
  if (typeof seed === "number") for (let warmUp = 0; warmUp < 12; warmUp++) word();
  const generator: Random = {
    next: () => word() / 4294967296,
    uniform: (low, high) => low + (high - low) * generator.next(),
    integer: (bound) => Math.floor(generator.next() * bound),
    normal: () => {
      const radius = Math.sqrt(-2 * Math.log(1 - generator.next()));
      return radius * Math.cos(2 * Math.PI * generator.next());
    },
    fork: () => random([word(), word(), word(), 1]),
    state: () => [a, b, c, counter],
  };
  return generator;
}

/** Fisher–Yates, in place. */
export function shuffle<T extends { length: number; [index: number]: unknown }>(items: T, generator: Random): T {
  for (let last = items.length - 1; last > 0; last--) {
    const pick = generator.integer(last + 1);
    const held = items[last];
    items[last] = items[pick];
    items[pick] = held;
  }
  return items;
}
