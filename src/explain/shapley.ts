/**
 * Fair shares of a game: what each player adds to its value, over all orders in which the players could come.
 *
 * Sources: Shapley (1953); sampling by orders, Štrumbelj & Kononenko (2014), "Explaining prediction models and individual
 * predictions with feature contributions"; Lundberg & Lee (2017), "A unified approach to interpreting model predictions";
 * leaving one out, Li, Monroe & Jurafsky (2016), "Understanding neural networks through representation erasure".
 */
import { AffektError } from "../core/errors.ts";
import { type Random, shuffle } from "../core/random.ts";

/** Who takes part: one entry per player, 1 or 0. */
export type Coalition = Uint8Array;

/** The values of coalitions, in order. */
export type Game = (coalitions: readonly Coalition[]) => Promise<readonly number[]>;

export interface Shares {
  /** Per player, in units of the game's value. */
  readonly points: Float64Array;
  /** Value of everybody, and of nobody. */
  readonly score: number;
  readonly base: number;
  /** Different coalitions that the game was asked about. */
  readonly calls: number;
}

/** 2 to the power of this many coalitions are asked about at the most. */
export const MOST_EXACT = 16;

/** Asks about every coalition once, all together. */
async function valuesOf(game: Game, coalitions: readonly Coalition[]): Promise<Map<string, number>> {
  const different = new Map(coalitions.map((coalition) => [coalition.join(""), coalition]));
  const values = await game([...different.values()]);
  return new Map([...different.keys()].map((key, index) => [key, values[index] as number]));
}

/**
 * Exact Shapley values: the points sum to `score − base`, but for rounding.
 *
 * @param players 0 to 16: 2^players coalitions are asked about
 * @throws AffektError `limit` if there are more players; whatever the game throws
 */
export async function exactShapley(players: number, game: Game): Promise<Shares> {
  if (players > MOST_EXACT) {
    throw new AffektError(
      "limit",
      `Exact Shapley values of ${players} parts need 2^${players} answers; at most ${MOST_EXACT} parts are allowed.`,
      "Sample orders, or put parts together.",
    );
  }
  const count = 2 ** players;
  const coalitions = Array.from({ length: count }, (_, mask) =>
    Uint8Array.from({ length: players }, (_player, player) => (mask >> player) & 1),
  );
  const values = await game(coalitions);
  // Of the orders, this share has exactly the given others before a player: size! (players − size − 1)! / players!
  const shares: number[] = [];
  for (let size = 0; size < players; size++) {
    shares.push(size === 0 ? 1 / players : ((shares[size - 1] as number) * size) / (players - size));
  }
  const points = new Float64Array(players);
  for (let mask = 0; mask < count; mask++) {
    const size = (coalitions[mask] as Coalition).reduce((sum, one) => sum + one, 0);
    for (let player = 0; player < players; player++) {
      if ((mask >> player) & 1) continue;
      const gain = (values[mask | (1 << player)] as number) - (values[mask] as number);
      points[player] = (points[player] as number) + (shares[size] as number) * gain;
    }
  }
  return { points, score: values[count - 1] as number, base: values[0] as number, calls: count };
}

/**
 * Shapley values estimated from orders of players, each order followed by its reverse, which takes out most of the
 * chance. Every order's gains sum to `score − base`, so the points do too.
 *
 * @param orders at least 1; about `players − 1` coalitions are asked about for each
 */
export async function sampledShapley(players: number, game: Game, orders: number, random: Random): Promise<Shares> {
  const drawn: number[][] = [];
  while (drawn.length < orders) {
    const order = shuffle(
      Array.from({ length: players }, (_, player) => player),
      random,
    );
    drawn.push(order, [...order].reverse());
  }
  const paths = drawn.slice(0, orders).map((order) => {
    const path = [new Uint8Array(players)];
    for (const player of order) {
      const next = Uint8Array.from(path.at(-1) as Coalition);
      next[player] = 1;
      path.push(next);
    }
    return { order, path };
  });
  const values = await valuesOf(
    game,
    paths.flatMap(({ path }) => path),
  );
  const valueOf = (coalition: Coalition | undefined): number => values.get((coalition as Coalition).join("")) as number;
  const points = new Float64Array(players);
  for (const { order, path } of paths) {
    for (const [step, player] of order.entries()) {
      const gain = valueOf(path[step + 1]) - valueOf(path[step]);
      points[player] = (points[player] as number) + gain / paths.length;
    }
  }
  const [first] = paths;
  return { points, score: valueOf(first?.path.at(-1)), base: valueOf(first?.path[0]), calls: values.size };
}

/** What is lost when each player alone stays away. The points do not sum to anything. */
export async function leaveOneOut(players: number, game: Game): Promise<Shares> {
  const everybody = new Uint8Array(players).fill(1);
  const without = Array.from({ length: players }, (_, player) =>
    Uint8Array.from(everybody, (one, other) => (other === player ? 0 : one)),
  );
  const [score, base, ...rest] = await game([everybody, new Uint8Array(players), ...without]);
  return {
    points: Float64Array.from(rest, (value) => (score as number) - value),
    score: score as number,
    base: base as number,
    calls: players + 2,
  };
}
