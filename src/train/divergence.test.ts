import { describe, expect, test } from "vitest";
import { random } from "../core/random.ts";
import { float32, floats } from "../core/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { ones } from "../graph/initialize.ts";
import { sgd } from "../graph/optimize/optimizer.ts";
import { createParameterStore } from "../graph/optimize/store.ts";
import { blame, divergenceGuard } from "./divergence.ts";
import type { EpochReport } from "./epoch-report.ts";

function store() {
  const graph = new Graph("train");
  for (const name of ["stem.weight", "block.weight", "head.weight"]) graph.parameter(name, [2], ones);
  return createParameterStore(graph, { optimizer: sgd(), random: random(1) });
}

/** Of the parameters as they are made: two ones each. */
const lengths = new Map(["stem.weight", "block.weight", "head.weight"].map((name) => [name, Math.SQRT2]));

const feeds = { x: float32(new Float32Array(6), [3, 2]) };

describe("what went first", () => {
  test("is an input before all else, with its row", () => {
    const made = store();
    floats(made.tensor("stem.weight"))[0] = Number.NaN;
    const broken = { x: float32(Float32Array.of(0, 0, 0, 0, Number.NaN, 0), [3, 2]) };
    expect(blame(made, broken, new Map()).text).toBe("the input x is NaN in row 2 of the batch");
  });

  test("is a weight before a gradient", () => {
    const made = store();
    floats(made.tensor("block.weight"))[1] = Number.POSITIVE_INFINITY;
    floats(made.gradient("head.weight"))[0] = Number.NaN;
    expect(blame(made, feeds, lengths).text).toBe("the weight block.weight is not finite");
  });

  test("is the gradient nearest to the loss, from which the others inherit it", () => {
    const made = store();
    floats(made.gradient("stem.weight"))[0] = Number.NaN;
    floats(made.gradient("block.weight"))[0] = Number.NaN;
    expect(blame(made, feeds, lengths).text).toBe("the gradient of block.weight is not finite, and of 1 more");
  });

  test("is the parameter that grew most if everything is finite, whatever the gradients are by then", () => {
    const made = store();
    floats(made.tensor("stem.weight")).set([3, 4]);
    floats(made.tensor("block.weight")).set([3e4, 4e4]);
    floats(made.gradient("head.weight")).set([3, 4]);
    expect(blame(made, feeds, lengths).text).toBe(
      "block.weight grew most since the epoch began, from a norm of 1.41 to 5.00e+4",
    );
  });

  test("is the parameter with the longest gradient if everything is finite and none grew", () => {
    const made = store();
    floats(made.gradient("head.weight")).set([3, 4]);
    expect(blame(made, feeds, lengths).text).toBe("the longest gradient is that of head.weight (5.00)");
  });
});

describe("the guard", () => {
  test("stops at a loss or a gradient that is no number, with the step and what to try", () => {
    const guard = divergenceGuard(store(), 2, []);
    expect(() => guard.check(Number.NaN, 1, 7, feeds)).toThrow("diverged in epoch 2, step 7: the loss is NaN");
    expect(() => guard.check(1, Number.POSITIVE_INFINITY, 8, feeds)).toThrow(
      "step 8: the loss is 1.000, the gradient's",
    );
    try {
      guard.check(Number.NaN, 1, 1, feeds);
    } catch (error) {
      expect(error).toMatchObject({ code: "diverged", hint: expect.stringContaining("learning rate") as string });
    }
  });

  test("measures growth from where the epoch began", () => {
    const made = store();
    floats(made.tensor("block.weight")).set([30, 40]);
    const guard = divergenceGuard(made, 3, [{ loss: 1 } as EpochReport]);
    floats(made.tensor("block.weight")).set([36, 48]);
    floats(made.tensor("head.weight")).set([5, 12]);
    expect(() => {
      for (let step = 1; step <= 5; step++) guard.check(1e9, 1, step, feeds);
    }).toThrow("to 1.000e+9; head.weight grew most since the epoch began, from a norm of 1.41 to 13.0.");
  });

  test("stops at a loss that stays twenty times as high as at the start, not at one odd batch", () => {
    const guard = divergenceGuard(store(), 1, []);
    for (const [step, loss] of [1, 1.1, 60, 0.9, 1, 1, 1].entries()) guard.check(loss, 1, step, feeds);
    expect(() => {
      for (let step = 8; step < 20; step++) guard.check(30, 1, step, feeds);
    }).toThrow(/the loss rose from 1\.000 to 2\d\.\d+/u);
  });
});
