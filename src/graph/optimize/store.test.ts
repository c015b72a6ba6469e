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

  test("leaves frozen parameters alone and gives others a rate of their own", () => {
    const rates: Record<string, number> = { "encoder.a": 0, "encoder.table": 0, slow: 0.1 };
    const made = store(
      (g) => {
        g.parameter("encoder.a", [3], ones);
        g.parameter("encoder.table", [2, 4], ones, { sparse: true });
        g.parameter("slow", [5], ones);
        g.parameter("b", [2], ones, { decay: false });
      },
      { rateOf: (name) => rates[name] ?? 1 },
    );
    for (const name of ["encoder.a", "slow", "b"]) floats(made.gradient(name)).fill(1);
    // The frozen gradient does not count for the norm either.
    expect(made.update({ learningRate: 0.5 })).toBeCloseTo(Math.sqrt(7), 5);
    expect(valueOf(made, "encoder.a")).toEqual([1, 1, 1]);
    expectClose(floats(made.tensor("slow")), Array(5).fill(0.95), 1e-6, "slow");
    expect(valueOf(made, "b")).toEqual([0.5, 0.5]);
    expect(made.names.filter(made.trains)).toEqual(["slow", "b"]);
  });

  test("an L2 penalty passes through momentum and clipping, decoupled decay does not", () => {
    const build = (g: Graph) => {
      g.parameter("a", [4], values(Float32Array.of(2, 2, 2, 2)));
      g.parameter("bias", [4], ones, { decay: false });
    };
    const penalized = store(build);
    // Gradient 0.5 · 2 in four places: norm 2, clipped to 1.
    expect(penalized.update({ learningRate: 1, penalty: { l2: 0.5 }, clipNorm: 1 })).toBeCloseTo(2, 6);
    expectClose(floats(penalized.tensor("a")), Array(4).fill(1.5), 1e-6, "penalized");
    expect(valueOf(penalized, "bias")).toEqual([1, 1, 1, 1]);
    const decayed = store(build, { optimizer: sgd({ momentum: 0, weightDecay: 0.5 }) });
    expect(decayed.update({ learningRate: 1, clipNorm: 1 })).toBe(0);
    expectClose(floats(decayed.tensor("a")), Array(4).fill(1), 1e-6, "decayed");
  });

  test("an L1 penalty pulls by its sign, in looked-up rows of sparse tables too", () => {
    const made = store((g) => {
      g.parameter("a", [4], values(Float32Array.of(3, -3, 0, 0.5)));
      g.parameter("table", [3, 4], ones, { sparse: true });
    });
    const sparse = new Map([["table", [{ ids: Int32Array.of(1), rows: new Float32Array(4) }]]]);
    made.update({ learningRate: 1, penalty: { l1: 0.25 }, sparse });
    expect(valueOf(made, "a")).toEqual([2.75, -2.75, 0, 0.25]);
    expect(valueOf(made, "table")).toEqual([1, 1, 1, 1, 0.75, 0.75, 0.75, 0.75, 1, 1, 1, 1]);
  });

  test("applies the mean over the gradients held and the last one", () => {
    const made = store(
      (g) => {
        g.parameter("a", [2], zeros);
        g.parameter("table", [3, 2], zeros, { sparse: true });
      },
      { holds: true },
    );
    const rows = (id: number, value: number) =>
      new Map([["table", [{ ids: Int32Array.of(id), rows: Float32Array.of(value, value) }]]]);
    for (let round = 1; round <= 2; round++) {
      setGradient(made, "a", [3, 0]);
      made.hold(rows(0, 3));
      setGradient(made, "a", [0, 6]);
      made.hold(rows(2, 6));
      setGradient(made, "a", [3, 0]);
      made.update({ learningRate: 1, sparse: rows(0, 3) });
      expectClose(floats(made.tensor("a")), [-2 * round, -2 * round], 1e-6, "a");
      expectClose(
        floats(made.tensor("table")),
        [-2, -2, 0, 0, -2, -2].map((v) => v * round),
        1e-6,
        "table",
      );
    }
  });

  test("changes nothing if a gradient is not finite", () => {
    const made = store((g) => void g.parameter("a", [4], ones), { averageDecay: 0.5 });
    setGradient(made, "a", [1, Number.NaN, 1, 1]);
    const before = made.state();
    expect(made.update({ learningRate: 1 })).toBeNaN();
    expect(made.state()).toEqual(before);
    expect(valueOf(made, "a")).toEqual([1, 1, 1, 1]);
    expect([...(made.weights().get("a") as Float32Array)]).toEqual([1, 1, 1, 1]);
  });

  test("starts from given weights where names and sizes agree, averages too", () => {
    const made = store(
      (g) => {
        g.parameter("a", [2], zeros);
        g.parameter("head", [3], zeros);
        g.parameter("new", [1], zeros);
        g.statistic("mean", [1], 0, 0.1, null);
      },
      { averageDecay: 0.9 },
    );
    const given = new Map(Object.entries({ a: [1, 2], head: [1, 2], mean: [7], other: [1] }));
    expect(made.load(new Map([...given].map(([name, list]) => [name, Float32Array.from(list)])))).toEqual({
      loaded: ["a", "mean"],
      misfits: ["head"],
      missing: ["new"],
    });
    expect([...(made.weights().get("a") as Float32Array)]).toEqual([1, 2]);
    expect(valueOf(made, "head")).toEqual([0, 0, 0]);
    expect([...made.statistic("mean")]).toEqual([7]);
    expect([...(made.weights().get("mean") as Float32Array)]).toEqual([7]);
  });
});
