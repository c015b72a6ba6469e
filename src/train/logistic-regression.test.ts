import { describe, expect, test } from "vitest";
import { random } from "../core/random.ts";
import { decisions, logisticRegression, type SparseRows } from "./logistic-regression.ts";

/** Without the zeros. */
function sparse(dense: readonly (readonly number[])[]): SparseRows {
  const entries = dense.map((row) => row.flatMap((value, column) => (value === 0 ? [] : [[column, value] as const])));
  const starts = Int32Array.from([0, ...entries.map((_, at) => entries.slice(0, at + 1).flat().length)]);
  return {
    starts,
    columns: Int32Array.from(entries.flat(), ([column]) => column),
    values: Float32Array.from(entries.flat(), ([, value]) => value),
    width: dense[0]?.length ?? 0,
  };
}

/** Gradient of ½ |w|² + ½ b² + Σ c log(1 + e^(−y (w · x + b))), which is zero at the minimum. */
function gradient(
  dense: readonly (readonly number[])[],
  truth: readonly number[],
  costs: (positive: number) => number,
  { weights, bias }: { weights: Float32Array; bias: number },
): number[] {
  const of = [...weights, bias];
  for (const [row, x] of dense.entries()) {
    const label = truth[row] ? 1 : -1;
    const said = x.reduce((sum, value, at) => sum + value * (weights[at] as number), bias);
    const pull = (costs(truth[row] as number) * -label) / (1 + Math.exp(label * said));
    for (const [at, value] of [...x, 1].entries()) of[at]! += pull * value;
  }
  return of;
}

describe("logistic regression over sparse rows", () => {
  const dice = random(3);
  const dense = Array.from({ length: 80 }, () =>
    Array.from({ length: 6 }, () => (dice.next() < 0.5 ? 0 : dice.normal())),
  );
  const truth = dense.map((row) => ((row[0] ?? 0) - 2 * (row[3] ?? 0) + dice.normal() > 0 ? 1 : 0));

  test.each([
    [0.3, [1, 1]],
    [2, [1, 1]],
    [2, [3, 0.5]],
  ] as const)("ends where the gradient is zero: cost %s, weights %s", (cost, weights) => {
    const fitted = logisticRegression(sparse(dense), truth, {
      cost,
      weights,
      tolerance: 1e-7,
      passes: 2000,
      random: random(1),
    });
    const left = gradient(dense, truth, (one) => cost * (one ? weights[0] : weights[1]), fitted);
    expect(left).toEqual(left.map(() => expect.closeTo(0, 4)));
  });

  test("tells rows apart that one column tells apart", () => {
    const rows = sparse([
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
    const fitted = logisticRegression(rows, [1, 0, 1, 0], { cost: 10, random: random(1) });
    expect([...decisions(rows, fitted)].map((value) => value > 0)).toEqual([true, false, true, false]);
  });
});
