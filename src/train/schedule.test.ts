import { describe, expect, test } from "vitest";
import { constantRate, cosineDecay, oneCycle, plateaus, reduceOnPlateau, stepDecay } from "./schedule.ts";

const at = (schedule: ReturnType<typeof constantRate>) => (step: number) => schedule(step, []);

describe("schedules", () => {
  test("one-cycle starts at a 25th, peaks after the warm-up and ends near zero", () => {
    const rate = at(oneCycle({ learningRate: 1, steps: 100, stepsPerEpoch: 10, warmUp: 0.25 }));
    expect(rate(0)).toBeCloseTo(0.04, 6);
    expect(rate(25)).toBeCloseTo(1, 6);
    expect(rate(100)).toBeCloseTo(0.04 / 1e4, 6);
  });

  test("cosine rises in a line and is at half the rate half-way down", () => {
    const rate = at(cosineDecay({ learningRate: 2, steps: 110, stepsPerEpoch: 11, warmUp: 10 / 110 }));
    expect(rate(4)).toBeCloseTo(1, 6);
    expect(rate(60)).toBeCloseTo(1, 6);
    expect(rate(110)).toBeCloseTo(0, 6);
  });

  test("no schedule exceeds the rate where the warm-up ends between two updates", () => {
    const options = { learningRate: 1, steps: 183, stepsPerEpoch: 61, warmUp: 0.02 };
    for (const schedule of [constantRate, stepDecay, cosineDecay, oneCycle]) {
      const rates = Array.from({ length: options.steps }, (_, step) => at(schedule(options))(step));
      expect(Math.max(...rates), schedule.name).toBeLessThanOrEqual(1);
    }
  });

  test("cosine ends at its floor", () => {
    const rate = at(cosineDecay({ learningRate: 1, steps: 100, stepsPerEpoch: 10, warmUp: 0 }, 0.1));
    expect(rate(100)).toBeCloseTo(0.1, 6);
  });

  test("constant stays where it is", () => {
    const rate = at(constantRate({ learningRate: 0.5, steps: 10, stepsPerEpoch: 5 }));
    expect([0, 5, 9].map(rate)).toEqual([0.5, 0.5, 0.5]);
  });

  test("step falls tenfold after half and three quarters, or where it is told to", () => {
    const options = { learningRate: 1, steps: 80, stepsPerEpoch: 10 };
    const stairs = at(stepDecay(options));
    for (const [step, rate] of [
      [0, 1],
      [39, 1],
      [40, 0.1],
      [59, 0.1],
      [60, 0.01],
    ] as const) {
      expect(stairs(step)).toBeCloseTo(rate, 9);
    }
    const own = at(stepDecay({ ...options, warmUp: 0.05 }, { epochs: [3], factor: 0.5 }));
    for (const [step, rate] of [
      [0, 0.25],
      [3, 1],
      [29, 1],
      [30, 0.5],
      [79, 0.5],
    ] as const) {
      expect(own(step)).toBeCloseTo(rate, 9);
    }
  });
});

describe("reduce on plateau", () => {
  const past = (...scores: number[]) => scores.map((score) => ({ score }));

  test("bears as many epochs without a better score as its patience, then reduces and starts anew", () => {
    // As PyTorch's ReduceLROnPlateau("max", patience=1): bad epochs 3 and 4 reduce, then 5 and 6.
    const counts = [1, 2, 3, 4, 5, 6].map((n) =>
      plateaus(past(0.5, 0.6, 0.6, 0.55, 0.6, 0.59).slice(0, n), { patience: 1 }),
    );
    expect(counts).toEqual([0, 0, 0, 1, 1, 2]);
  });

  test("a score counts as better only beyond the threshold, and negative scores rise too", () => {
    expect(plateaus(past(0.5, 0.52, 0.54), { patience: 0, threshold: 0.1 })).toBe(2);
    expect(plateaus(past(-2, -1.5, -1), { patience: 0, threshold: 0.1 })).toBe(0);
  });

  test("multiplies the rate for each plateau, down to the floor", () => {
    const options = { learningRate: 1, steps: 100, stepsPerEpoch: 10 };
    const rate = reduceOnPlateau(options, { patience: 0, factor: 0.5, floor: 0.2 });
    expect([0, 1, 2, 3, 4].map((bad) => rate(0, past(1, ...Array(bad).fill(0))))).toEqual([1, 0.5, 0.25, 0.2, 0.2]);
  });
});
