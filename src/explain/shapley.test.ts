import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { exactShapley, type Game, leaveOneOut, sampledShapley } from "./shapley.ts";

/** A pair of gloves is worth 1: player 0 has the only left one, players 1 and 2 have a right one each. */
const gloves: Game = async (coalitions) => coalitions.map(([left, right, other]) => (left && (right || other) ? 1 : 0));

/** Some game of many players without any pattern, the same for the same coalition. */
const jagged: Game = async (coalitions) =>
  coalitions.map((coalition) => random(coalition.reduce((sum, one, index) => sum + one * 2 ** index, 7)).next());

const sum = (points: Float64Array): number => points.reduce((all, one) => all + one, 0);

test("the glove game has its textbook shares", async () => {
  const { points, score, base, calls } = await exactShapley(3, gloves);
  expect([...points]).toEqual([expect.closeTo(2 / 3, 12), expect.closeTo(1 / 6, 12), expect.closeTo(1 / 6, 12)]);
  expect({ score, base, calls }).toEqual({ score: 1, base: 0, calls: 8 });
});

test.each([1, 2, 5, 10])("exact shares of %i players sum to what all of them add", async (players) => {
  const { points, score, base } = await exactShapley(players, jagged);
  expect(Math.abs(sum(points) - (score - base))).toBeLessThan(1e-6);
});

test("nobody shares nothing, and 17 players are refused", async () => {
  expect(await exactShapley(0, async () => [0.4])).toMatchObject({ score: 0.4, base: 0.4, calls: 1 });
  await expect(exactShapley(17, jagged)).rejects.toMatchObject({ code: "limit" });
});

test("sampled shares sum to the same, are the same for the same seed, and come near the exact ones", async () => {
  const exact = await exactShapley(8, jagged);
  const [sampled, again] = await Promise.all([1, 2].map(() => sampledShapley(8, jagged, 2_000, random(3))));
  expect(Math.abs(sum(sampled!.points) - (exact.score - exact.base))).toBeLessThan(1e-6);
  expect(again!.points).toEqual(sampled!.points);
  for (const [player, points] of exact.points.entries()) {
    expect(Math.abs(points - sampled!.points[player]!)).toBeLessThan(0.02);
  }
});

test("no coalition is asked about twice", async () => {
  const seen: string[] = [];
  const { calls } = await sampledShapley(
    4,
    (coalitions) => {
      seen.push(...coalitions.map((one) => one.join("")));
      return jagged(coalitions);
    },
    50,
    random(1),
  );
  expect(new Set(seen).size).toBe(seen.length);
  expect(calls).toBe(seen.length);
  expect(calls).toBeLessThanOrEqual(16);
});

test("leaving out one of two right gloves loses nothing, the left one everything", async () => {
  expect([...(await leaveOneOut(3, gloves)).points]).toEqual([1, 0, 0]);
});
