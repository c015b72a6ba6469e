import { describe, expect, test } from "vitest";
import { shiftOf } from "../../bench/quality/fusion/film-shares.ts";
import { chooseStrength, type Rehearsed } from "../../bench/quality/fusion/film-shares-rehearsal.ts";
import { random } from "../../src/core/random.ts";

const BEFORE = 0.5;

/** Log-odds of utterances about ±1 (deviation 1, so that the value doubled is calibrated), so many films of 25. */
function filmsOf(count: number, positive: (film: number) => number, seed: number) {
  const dice = random(seed);
  const films = Int32Array.from({ length: 25 * count }, (_, row) => Math.floor(row / 25));
  const odds = Float64Array.from(films, (film) => 2 * ((dice.next() < positive(film) ? 1 : -1) + dice.normal()));
  return { odds, films };
}

describe("the shift that films without labels say", () => {
  test("is nearly that of their share where all films agree", () => {
    const { odds, films } = filmsOf(40, () => 0.7, 1);
    const { share, shift } = shiftOf(odds, films, BEFORE);
    expect(Math.abs(share - 0.7)).toBeLessThan(0.06);
    expect(shift / Math.log(share / (1 - share))).toBeGreaterThan(0.9);
  });

  test("is brought nearer to none where they do not", () => {
    // 7 of 10 films are nearly all positive, the others nearly all negative: the share is high, but by few films.
    const { odds, films } = filmsOf(10, (film) => (film < 7 ? 0.95 : 0.05), 2);
    const { share, shift } = shiftOf(odds, films, BEFORE);
    expect(share).toBeGreaterThan(0.6);
    expect(shift / Math.log(share / (1 - share))).toBeLessThan(0.7);
  });

  test("is none where the share is that of training", () => {
    const { odds, films } = filmsOf(40, (film) => (film % 2 === 0 ? 0.1 : 0.9), 3);
    expect(shiftOf(odds, films, BEFORE).shift).toBeCloseTo(0, 12);
  });
});

/** Loss of each strength where films come as they are, and where two of three are positive. */
const losses = (asTheyCome: readonly number[], shifted: readonly number[]): Rehearsed[] =>
  [0, 0.25, 0.5, 0.75, 1].flatMap((strength, at) => [
    { wanted: null, strength, loss: asTheyCome[at] as number, accuracy: 0 },
    { wanted: 0.65, strength, loss: shifted[at] as number, accuracy: 0 },
  ]);

describe("the strength", () => {
  test("is the best of those that cost films as they come nothing", () => {
    expect(chooseStrength(losses([0.5, 0.49, 0.5, 0.51, 0.52], [0.5, 0.48, 0.45, 0.3, 0.2]))).toBe(0.5);
  });

  test("is none where each costs something", () => {
    expect(chooseStrength(losses([0.5, 0.51, 0.52, 0.53, 0.54], [0.5, 0.4, 0.3, 0.2, 0.1]))).toBe(0);
  });
});
