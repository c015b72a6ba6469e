import { describe, expect, test } from "vitest";
import { random } from "../../core/random.ts";
import {
  bandStatistics,
  deviation,
  emptyStatistics,
  farShare,
  mergeStatistics,
  normalize,
  normalizeFunctionals,
  runningNormalization,
  speakerStatistics,
} from "./running-normalization.ts";

const column = (...values: number[]) => ({ data: Float32Array.from(values), steps: values.length, bands: 1 });

describe("band statistics", () => {
  test("are the population mean and deviation of every band", () => {
    const statistics = bandStatistics({ data: Float32Array.of(2, 0, 4, 0, 6, 0), steps: 3, bands: 2 });
    expect([...statistics.mean]).toEqual([4, 0]);
    expect(deviation(statistics)[0]).toBeCloseTo(Math.sqrt(8 / 3), 12);
    expect(deviation(statistics)[1]).toBe(1e-3);
  });

  test("of two halves merge into those of the whole", () => {
    const noise = random(5);
    const values = Array.from({ length: 100 }, () => 5 + noise.normal());
    const merged = mergeStatistics(
      bandStatistics(column(...values.slice(0, 30))),
      bandStatistics(column(...values.slice(30))),
    );
    const whole = bandStatistics(column(...values));
    expect(merged.count).toBe(100);
    expect(merged.mean[0]).toBeCloseTo(whole.mean[0]!, 6);
    expect(merged.squares[0]).toBeCloseTo(whole.squares[0]!, 4);
    expect(mergeStatistics(emptyStatistics(1), whole).mean[0]).toBe(whole.mean[0]);
  });

  test("are kept apart by speaker", () => {
    const bySpeaker = speakerStatistics([
      { speaker: "a", features: column(1, 3) },
      { speaker: "b", features: column(10) },
      { speaker: "a", features: column(5) },
    ]);
    expect(bySpeaker.get("a")?.mean[0]).toBe(3);
    expect(bySpeaker.get("b")?.count).toBe(1);
  });

  test("of another number of bands are refused", () => {
    expect(() => normalize(column(1, 2), emptyStatistics(2))).toThrow(expect.objectContaining({ code: "shape" }));
  });
});

test("normalize gives mean 0 and deviation 1 by the clip's own statistics", () => {
  const { data } = normalize(column(1, 3));
  expect([...data]).toEqual([-1, 1]);
});

describe("runningNormalization", () => {
  test("after the last piece its statistics are those of the whole stream", () => {
    const running = runningNormalization(1);
    running.push(column(1, 2, 3));
    running.push(column(4, 5));
    expect(running.statistics().mean[0]).toBeCloseTo(3, 9);
    expect(running.statistics().squares[0]).toBeCloseTo(10, 9);
  });

  test("a prior rules at first and fades", () => {
    const prior = { count: 1_000, mean: Float64Array.of(10), squares: Float64Array.of(1_000) };
    const running = runningNormalization(1, { prior, priorSteps: 10 });
    expect(running.push(column(10)).data[0]).toBeCloseTo(0, 6);
    running.push(column(...Array<number>(990).fill(0)));
    expect(running.statistics().mean[0]).toBeCloseTo(0.11, 2);
  });

  test("with a memory it follows a change of speaker", () => {
    const running = runningNormalization(1, { memorySteps: 10 });
    running.push(column(...Array<number>(1_000).fill(0)));
    for (let i = 0; i < 20; i++) running.push(column(...Array<number>(5).fill(8)));
    expect(running.statistics().mean[0]).toBeGreaterThan(7.9);
  });
});

describe("functionals of an utterance", () => {
  const scale = { mean: [-10, 4, 0], deviation: [5, 2, 1] };
  const heard = (...values: number[]) => ({ ...column(0), functionals: Float32Array.from(values) });

  test("of an unknown speaker are in units of everyone, the level unsaid, and wild ones cut at four", () => {
    expect([...normalizeFunctionals(Float32Array.of(-5, 7, 9), scale)]).toEqual([0, 1.5, 4]);
    const once = bandStatistics(heard(-5, 7, 9)).functionals;
    expect([...normalizeFunctionals(Float32Array.of(-5, 7, 9), scale, once)]).toEqual([0, 1.5, 4]);
  });

  test("are drawn from everyone's to the speaker's own mean and deviation", () => {
    // The second number of two utterances, 6 and 10, is 1 and 3 deviations of everyone: mean 2, squares 2.
    const speaker = mergeStatistics(bandStatistics(heard(-10, 6, 0)), bandStatistics(heard(-10, 10, 0)));
    expect(speaker.functionals?.count).toBe(2);
    const [level, second] = normalizeFunctionals(Float32Array.of(-10, 10, 0), scale, speaker.functionals);
    // Two of anyone beside them: mean 2 · 2/4 = 1, variance (2 + 2)/4 = 1, so that 3 becomes 2.
    expect(second).toBeCloseTo(2, 6);
    expect(level).toBe(0);
  });

  test("need a scale of as many numbers", () => {
    expect(() => normalizeFunctionals(Float32Array.of(1), scale)).toThrow("These statistics are of 3 bands");
  });
});

test("the more people in general count, the less is taken for the speaker what all of his utterances have in common", () => {
  const scale = { mean: [0, 0], deviation: [1, 1] };
  // Two utterances at 3: their common part is 2 / (2 + prior) of it, the spread (0 + prior) / (2 + prior).
  const speaker = { count: 2, mean: Float64Array.of(0, 3), squares: new Float64Array(2) };
  const at = (prior: number) => normalizeFunctionals(Float32Array.of(0, 3), { ...scale, prior }, speaker)[1];
  expect(at(2)).toBeCloseTo((3 - 1.5) / Math.sqrt(0.5), 5);
  expect(at(18)).toBeCloseTo((3 - 0.3) / Math.sqrt(0.9), 5);
});

test("the share of numbers far from people in general: four deviations and more", () => {
  const scale = { mean: [0, 0, 0, 0], deviation: [1, 1, 2, 1] };
  // The first number, the level, is not looked at; 9 of 2 is 4.5 deviations, 3.9 is under four.
  expect(farShare(Float32Array.of(99, -5, 9, 3.9), scale)).toBe(0.5);
});
