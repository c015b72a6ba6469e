import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { fitLogLinearPool, type PoolRow } from "./fit-pool.ts";
import { logLinearPool } from "./log-linear-pool.ts";

const LABELS = ["anger", "joy"];

/** What a calibrated expert says who hears the truth as ±`strength` in unit noise: log-odds 2 · strength · x. */
function opinion(isJoy: boolean, strength: number, noise: number) {
  const logOdds = 2 * strength * ((isJoy ? strength : -strength) + noise);
  const joy = -Math.log1p(Math.exp(-logOdds));
  return { labels: LABELS, logProbabilities: [joy - logOdds, joy] };
}

function rows(count: number, same: boolean, idleSpeech = false): PoolRow[] {
  const generator = random(3);
  return Array.from({ length: count }, () => {
    const isJoy = generator.next() < 0.5;
    const noise = generator.normal();
    const other = same ? noise : generator.normal();
    return {
      members: {
        text: opinion(isJoy, 1, noise),
        speech: opinion(idleSpeech ? generator.next() < 0.5 : isJoy, 1, other),
      },
      truth: isJoy ? "joy" : "anger",
    };
  });
}

test("experts with noise of their own are independent witnesses, equal in weight", () => {
  const { independence, weights } = fitLogLinearPool(rows(600, false));
  expect(independence).toBeGreaterThan(0.7);
  expect(Math.abs(Math.log((weights.text ?? 0) / (weights.speech ?? 0)))).toBeLessThan(0.4);
});

test("experts that always say the same count as one", () => {
  expect(fitLogLinearPool(rows(600, true)).independence).toBeLessThan(0.15);
});

test("an independence that is given stays as it is", () => {
  expect(fitLogLinearPool(rows(600, true), { independence: 0.5 }).independence).toBe(0.5);
});

test("an expert that guesses loses its weight, and the pool is better for it", () => {
  const given = rows(600, false, true);
  const { weights, loss } = fitLogLinearPool(given);
  expect((weights.speech ?? 1) / (weights.text ?? 1)).toBeLessThan(0.2);
  const before = given.map(({ members, truth }) => {
    const { labels, probabilities } = logLinearPool(members);
    return -Math.log(probabilities[labels.indexOf(truth)] as number);
  });
  expect(loss).toBeLessThan(before.reduce((sum, value) => sum + value, 0) / before.length);
});

test("rows of one modality each cannot fit a pool", () => {
  expect(() => fitLogLinearPool([{ members: { text: opinion(true, 1, 0) }, truth: "joy" }])).toThrowError(
    expect.objectContaining({ code: "data" }),
  );
});

test("poor signals that say nothing make the quality count; where it tells nothing, weights go in proportion to it", () => {
  const generator = random(5);
  const told = (quality: (isPoor: boolean) => number): PoolRow[] =>
    rows(300, false).map(({ members, truth }) => {
      const isPoor = generator.next() < 0.5;
      const guess = opinion(generator.next() < 0.5, 1, generator.normal());
      const speech = { ...(isPoor ? guess : members.speech!), quality: quality(isPoor) };
      return { members: { ...members, speech }, truth };
    });
  const spoilt = fitLogLinearPool(
    told((isPoor) => (isPoor ? 0.6 : 1)),
    { quality: true },
  );
  // At a quality of 0.6 the voice guesses: an exponent of 3 leaves it a fifth of its weight.
  expect(spoilt.qualityPower?.speech).toBeGreaterThan(3);
  expect(spoilt.qualityPower?.text).toBeUndefined();
  const unrelated = fitLogLinearPool(
    told(() => (generator.next() < 0.5 ? 0.6 : 1)),
    { quality: true },
  );
  expect(unrelated.qualityPower?.speech).toBeCloseTo(1, 1);
});
