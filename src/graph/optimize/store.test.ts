import { describe, expect, test } from "vitest";
import { expectClose } from "../../../test/reference.ts";
import { random } from "../../core/random.ts";
import { floats } from "../../core/tensor.ts";
import { Graph } from "../graph.ts";
import { ones, uniform, values, zeros } from "../initialize.ts";
import { adamW, sgd } from "./optimizer.ts";
import { createParameterStore, type StoreOptions } from "./store.ts";

function store(build: (graph: Graph) => void, options: Partial<StoreOptions> = {}) {
  const graph = new Graph("train");
  build(graph);
  return createParameterStore(graph, { optimizer: sgd({ momentum: 0 }), random: random(1), ...options });
}

const setGradient = (made: ReturnType<typeof store>, name: string, gradient: readonly number[]) =>
  floats(made.gradient(name)).set(gradient);
const valueOf = (made: ReturnType<typeof store>, name: string) => [...floats(made.tensor(name))];

describe("a parameter store", () => {
  test("updates each parameter with its own gradient, whatever its length", () => {
    const made = store((g) => {
      g.parameter("a", [3], values(Float32Array.of(1, 2, 3)));
      g.parameter("b", [5], zeros, { decay: false });
    });
    setGradient(made, "a", [1, 1, 1]);
    setGradient(made, "b", [1, 2, 3, 4, 5]);
    const norm = made.update({ learningRate: 0.5 });
    expect(norm).toBeCloseTo(Math.sqrt(3 + 55), 5);
    expect(valueOf(made, "a")).toEqual([0.5, 1.5, 2.5]);
    expect(valueOf(made, "b")).toEqual([-0.5, -1, -1.5, -2, -2.5]);
  });

  test("scales gradients longer than the clip norm down to it, over all parameters together", () => {
    const made = store((g) => {
      g.parameter("a", [1], zeros);
      g.parameter("b", [1], zeros);
    });
    setGradient(made, "a", [3]);
    setGradient(made, "b", [4]);
    expect(made.update({ learningRate: 1, clipNorm: 1 })).toBeCloseTo(5, 6);
    expectClose(floats(made.tensor("a")), [-0.6], 1e-6, "a");
    expectClose(floats(made.tensor("b")), [-0.8], 1e-6, "b");
    expect(made.update({ learningRate: 1, clipNorm: 10 })).toBeCloseTo(5, 6);
    expectClose(floats(made.tensor("a")), [-3.6], 1e-6, "a, not clipped");
  });

  test("decays weights and leaves parameters alone that ask for no decay", () => {
    const made = store(
      (g) => {
        g.parameter("weight", [4], ones);
        g.parameter("bias", [4], ones, { decay: false });
      },
      { optimizer: adamW({ weightDecay: 0.1 }) },
    );
    made.update({ learningRate: 0.5 });
    expectClose(floats(made.tensor("weight")), [0.95, 0.95, 0.95, 0.95], 1e-6, "weight");
    expect(valueOf(made, "bias")).toEqual([1, 1, 1, 1]);
  });

  // Six is no multiple of the kernel's four lanes.
  test.each([4, 6, 1])("adds up the rows of a sparse table and updates only these (dim %i)", (dim) => {
    const made = store((g) => {
      g.parameter("before", [4], ones);
      g.parameter("table", [5, dim], ones, { sparse: true, decay: false });
      g.parameter("second", [3, dim], ones, { sparse: true, decay: false });
    });
    const row = (value: number) => Array<number>(dim).fill(value);
    const sparse = new Map([
      [
        "table",
        [
          { ids: Int32Array.of(3, 1, 3), rows: Float32Array.from([...row(1), ...row(2), ...row(4)]) },
          { ids: Int32Array.of(1), rows: Float32Array.from(row(8)) },
        ],
      ],
    ]);
    for (let step = 1; step <= 2; step++) {
      const norm = made.update({ learningRate: 0.5, sparse });
      expect(norm).toBeCloseTo(Math.sqrt(dim * (25 + 100)), 4);
      const expected = [1, 1 - 5 * step, 1, 1 - 2.5 * step, 1].flatMap(row);
      expect(valueOf(made, "table")).toEqual(expected);
    }
    expect(valueOf(made, "second")).toEqual(Array(3 * dim).fill(1));
    expect(valueOf(made, "before")).toEqual([1, 1, 1, 1]);
  });

  test("keeps a moving average of the weights beside the raw ones", () => {
    const made = store((g) => void g.parameter("a", [4], zeros), { averageDecay: 0.9 });
    setGradient(made, "a", [1, 1, 1, 1]);
    let [raw, average] = [0, 0];
    for (let step = 1; step <= 20; step++) {
      made.update({ learningRate: 0.1 });
      raw -= 0.1;
      average += Math.max(0.1, 1 / (step + 1)) * (raw - average);
    }
    expectClose(made.weights("raw").get("a"), Array(4).fill(raw), 1e-6, "raw");
    expectClose(made.weights().get("a"), Array(4).fill(average), 1e-6, "averaged");
  });

  test("goes on from a saved state bit for bit", () => {
    const build = (g: Graph) => {
      g.parameter("a", [7], uniform(1));
      g.parameter("table", [3, 4], uniform(1), { sparse: true });
    };
    const options = { optimizer: adamW(), averageDecay: 0.99 };
    const generator = random(8);
    const steps = Array.from({ length: 6 }, () => ({
      a: Array.from({ length: 7 }, () => generator.normal()),
      sparse: new Map([
        ["table", [{ ids: Int32Array.of(2, 0), rows: Float32Array.from({ length: 8 }, () => generator.normal()) }]],
      ]),
    }));
    const advance = (made: ReturnType<typeof store>, from: number, to: number) => {
      for (const { a, sparse } of steps.slice(from, to)) {
        setGradient(made, "a", a);
        made.update({ learningRate: 0.01, clipNorm: 1, sparse });
      }
    };
    const whole = store(build, options);
    advance(whole, 0, 6);
    const first = store(build, options);
    advance(first, 0, 3);
    const saved = first.state();
    const second = store(build, { ...options, random: random(99) });
    second.restore(saved);
    advance(second, 3, 6);
    expect(second.state()).toEqual(whole.state());
  });

  test("refuses a state that does not fit and says what is wrong", () => {
    const small = store((g) => void g.parameter("a", [4], zeros));
    const large = store((g) => void g.parameter("a", [8], zeros));
    expect(() => large.restore(small.state())).toThrow("The checkpoint holds 4 values for parameter/a; expected 8.");
    expect(() => small.restore(new Map())).toThrow("holds nothing for parameter/a; expected 4.");
  });

  test("counts its parameters", () => {
    const made = store((g) => {
      g.parameter("a", [3, 5], zeros);
      g.parameter("b", [2], zeros);
    });
    expect(made.parameterCount).toBe(17);
  });
});
