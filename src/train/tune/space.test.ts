import { describe, expect, test } from "vitest";
import { random } from "../../core/random.ts";
import { applySettings, drawSettings, parseSpace } from "./space.ts";

const space = parseSpace({
  "training.learningRate": { log: [1e-4, 1e-2] },
  "training.labelSmoothing": { uniform: [0, 0.2] },
  "network.hidden": { integer: [8, 10] },
  "training.optimizer": { choice: ["adamw", "sgd"] },
});

describe("a space", () => {
  test("gives every path a value within its bounds, the same for the same seed", () => {
    const draws = Array.from({ length: 400 }, (_, seed) => drawSettings(space, random(seed)));
    const of = (path: string) => draws.map((draw) => draw[path] as number);
    expect(Math.min(...of("training.learningRate"))).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...of("training.learningRate"))).toBeLessThanOrEqual(1e-2);
    // Evenly over the logarithm: half of the draws lie below the geometric mean, 1e-3. Four sigma of 400 draws is 0.1.
    const below = of("training.learningRate").filter((rate) => rate < 1e-3).length / 400;
    expect(Math.abs(below - 0.5)).toBeLessThan(0.1);
    expect([...new Set(of("network.hidden"))].sort((a, b) => a - b)).toEqual([8, 9, 10]);
    expect(new Set(draws.map((draw) => draw["training.optimizer"]))).toEqual(new Set(["adamw", "sgd"]));
    expect(drawSettings(space, random(3))).toEqual(draws[3]);
  });

  test.each([
    [{}, "names no field"],
    [{ "training.seed": { choice: [1] } }, "training.seed: cannot be searched"],
    [{ "training.epochs": { integer: [1, 2] } }, "training.epochs: cannot be searched"],
    [{ "network.hidden": { range: [1, 2] } }, "network.hidden: must have one of choice, uniform, log, integer"],
    [{ "network.hidden": { choice: [1], log: [1, 2] } }, "network.hidden: must have one of choice"],
    [{ "network.hidden": { log: [0, 2] } }, "network.hidden.log.0: received 0; expected more than 0"],
    [{ "a b": { choice: [1] } }, "a b: "],
  ])("%j is refused by name", (value, message) => {
    expect(() => parseSpace(value)).toThrow(message);
  });
});

test("settings are put into a copy of the configuration", () => {
  const config = { training: { batch: 8, learningRate: 1 } };
  const out = applySettings(config, { "training.learningRate": 2, "features.augment.flip": 0.5 });
  expect(out).toEqual({ training: { batch: 8, learningRate: 2 }, features: { augment: { flip: 0.5 } } });
  expect(config.training.learningRate).toBe(1);
});
