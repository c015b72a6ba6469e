import { expect, test } from "vitest";
import { estimateShares, withShares } from "../../bench/quality/fusion/prior-shift.ts";
import { random } from "../../src/core/random.ts";
import { logSoftmax, negativeLogLikelihood } from "../../src/recognize/calibrate.ts";

const BEFORE = [0.5, 0.3, 0.2];
const MEANS = [-1.5, 0, 1.5];

/** Normal values of deviation 1 about the mean of their label, and what is known of each at the shares of training. */
function draw(rows: number, shares: readonly number[], seed: number) {
  const dice = random(seed);
  const truth = Array.from({ length: rows }, () => {
    const at = dice.next();
    return at < (shares[0] as number) ? 0 : at < (shares[0] as number) + (shares[1] as number) ? 1 : 2;
  });
  const scores = truth.flatMap((label) => {
    const value = (MEANS[label] as number) + dice.normal();
    return [...logSoftmax(MEANS.map((mean, of) => Math.log(BEFORE[of] as number) - (value - mean) ** 2 / 2))].map(
      Math.exp,
    );
  });
  return { truth, scores };
}

test("a row that says nothing gets the new shares, a certain one stays", () => {
  const scores = withShares([0.5, 0.3, 0.2, 0, 1, 0], BEFORE, [0.1, 0.2, 0.7]);
  expect([...scores]).toEqual([0.1, 0.2, 0.7, 0, 1, 0].map((score) => expect.closeTo(score, 12)));
});

test("odds change by the ratio of the shares", () => {
  // Even before at even shares; three to one after: odds 3 · (0.6 / 0.4) = 4.5
  const [rare = 0, frequent = 0] = withShares([0.4, 0.6], [0.5, 0.5], [0.25, 0.75]);
  expect(frequent / rare).toBeCloseTo(4.5, 12);
});

test("rows that are certain are counted, and rows that say nothing leave the shares as they are", () => {
  expect([...estimateShares([1, 0, 1, 0, 0, 1, 1, 0], [0.5, 0.5])]).toEqual([0.75, 0.25]);
  expect([...estimateShares([0.5, 0.3, 0.2], BEFORE)]).toEqual(BEFORE.map((share) => expect.closeTo(share, 12)));
});

test.each([
  ["as in training", BEFORE],
  ["turned round", [0.15, 0.25, 0.6]],
  ["a label gone", [0.7, 0, 0.3]],
])("the shares that rows were drawn with are found again: %s", (_, shares) => {
  const { scores } = draw(8000, shares, 3);
  for (const [label, share] of estimateShares(scores, BEFORE).entries()) {
    // Three standard errors of a count of 8,000 are .017; rows here lie over each other, so a little more.
    expect(Math.abs(share - (shares[label] as number))).toBeLessThan(0.03);
  }
});

test("what is right becomes likelier by the estimated shares", () => {
  const { scores, truth } = draw(4000, [0.15, 0.25, 0.6], 5);
  const loss = (of: ArrayLike<number>): number => negativeLogLikelihood(Array.from(of, Math.log), truth);
  expect(loss(withShares(scores, BEFORE, estimateShares(scores, BEFORE)))).toBeLessThan(loss(scores) - 0.05);
});

test("sizes that do not fit and labels never seen are refused", () => {
  expect(() => estimateShares([0.5, 0.5, 1], [0.5, 0.5])).toThrowError(/3 scores for 2 labels/);
  expect(() => withShares([0.5, 0.5], [1, 0], [0.5, 0.5])).toThrowError(/above 0; received 1, 0/);
});
