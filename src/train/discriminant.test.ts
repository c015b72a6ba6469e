import { describe, expect, test } from "vitest";
import { random } from "../core/random.ts";
import { linearDiscriminant } from "./discriminant.ts";

const scores = (x: readonly number[], { weight, bias }: ReturnType<typeof linearDiscriminant>): number[] =>
  [...bias].map((start, label) =>
    x.reduce((sum, value, at) => sum + value * (weight[at * bias.length + label] as number), start),
  );

describe("linear discriminant analysis", () => {
  test("is the known direction of two classes of common covariance", () => {
    // Means (±1, 0); within both classes the points (0, ±1) and (±1, 0) about them: covariance ½ · identity
    const cross = [0, 1, 0, -1, 1, 0, -1, 0];
    const rows = Float32Array.from([
      ...cross.map((value, at) => value + (at % 2 === 0 ? 1 : 0)),
      ...cross.map((value, at) => value - (at % 2 === 0 ? 1 : 0)),
    ]);
    const fitted = linearDiscriminant(rows, [0, 0, 0, 0, 1, 1, 1, 1], { classes: 2, shrinkage: 0 });
    // Σ⁻¹ μ = 2 · (±1, 0); bias log ½ − ½ · μᵀ Σ⁻¹ μ = log ½ − 1
    expect([...fitted.weight]).toEqual([2, -2, 0, 0].map((value) => expect.closeTo(value, 5)));
    expect([...fitted.bias]).toEqual([-1 + Math.log(0.5), -1 + Math.log(0.5)].map((value) => expect.closeTo(value, 5)));
  });

  test("takes correlated numbers together without shrinkage, and one by one with all of it", () => {
    const dice = random(1);
    const rows: number[] = [];
    const labels: number[] = [];
    for (let row = 0; row < 2000; row++) {
      const label = row % 2;
      // The second number is the first one's noise: their difference tells the classes apart.
      const noise = dice.normal();
      rows.push(noise + label, noise + 0.1 * dice.normal());
      labels.push(label);
    }
    const right = (shrinkage: number): number => {
      const fitted = linearDiscriminant(Float32Array.from(rows), labels, { classes: 2, shrinkage });
      const hits = labels.filter((label, row) => {
        const [a = 0, b = 0] = scores(rows.slice(2 * row, 2 * row + 2), fitted);
        return (b > a ? 1 : 0) === label;
      });
      return hits.length / labels.length;
    };
    // Five deviations of 0.1 lie between the middle and either mean; alone, a deviation of 1 lies between the means.
    expect(right(0)).toBeGreaterThan(0.99);
    // Φ(0.5) = .69
    expect(right(1)).toBeGreaterThan(0.62);
    expect(right(1)).toBeLessThan(0.76);
  });

  test("counts a row of weight two like two rows, and is finite where a number never moves", () => {
    const rows = Float32Array.from([0, 5, 1, 5, 4, 5, 6, 5]);
    const weighted = linearDiscriminant(rows, [0, 0, 1, 1], { classes: 2, shrinkage: 0.2, weights: [2, 1, 1, 1] });
    const repeated = linearDiscriminant(Float32Array.from([0, 5, ...rows]), [0, 0, 0, 1, 1], {
      classes: 2,
      shrinkage: 0.2,
    });
    expect([...weighted.weight].every(Number.isFinite)).toBe(true);
    for (const [at, value] of weighted.bias.entries()) expect(value).toBeCloseTo(repeated.bias[at] as number, 3);
    expect(weighted.weight[0]).toBeCloseTo(repeated.weight[0] as number, 4);
  });

  test("says which class has no row", () => {
    expect(() => linearDiscriminant(Float32Array.of(1, 2), [0, 0], { classes: 2, shrinkage: 0 })).toThrow(
      /Class 1 has no row/u,
    );
  });
});
