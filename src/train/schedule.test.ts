import { describe, expect, test } from "vitest";
import { constantRate, cosineDecay, oneCycle } from "./schedule.ts";

describe("schedules", () => {
  test("one-cycle starts at a 25th, peaks after the warm-up and ends near zero", () => {
    const rate = oneCycle({ learningRate: 1, steps: 100, warmUp: 0.25 });
    expect(rate(0)).toBeCloseTo(0.04, 6);
    expect(rate(25)).toBeCloseTo(1, 6);
    expect(rate(100)).toBeCloseTo(0.04 / 1e4, 6);
  });

  test("cosine rises in a line and is at half the rate half-way down", () => {
    const rate = cosineDecay({ learningRate: 2, steps: 110, warmUp: 10 / 110 });
    expect(rate(4)).toBeCloseTo(1, 6);
    expect(rate(60)).toBeCloseTo(1, 6);
    expect(rate(110)).toBeCloseTo(0, 6);
  });

  test("constant stays where it is", () => {
    const rate = constantRate({ learningRate: 0.5, steps: 10 });
    expect([0, 5, 9].map(rate)).toEqual([0.5, 0.5, 0.5]);
  });
});
