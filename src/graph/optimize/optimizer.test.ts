import { describe, expect, test } from "vitest";
import { expectClose, referenceCases, tensorOf } from "../../../test/reference.ts";
import { random } from "../../core/random.ts";
import { createKernel } from "./kernel.ts";
import { adamW, type Optimizer, sgd } from "./optimizer.ts";

const FLOAT = 4;

interface Setting {
  readonly decay?: boolean;
  readonly scale?: number;
  readonly learningRate: number;
}

/** Runs an optimizer on the kernel. @returns the parameters after each step */
function run(
  optimizer: Optimizer,
  start: Float32Array,
  steps: readonly Float32Array[],
  setting: Setting,
): Float32Array[] {
  const size = Math.ceil(start.length / 4) * 4;
  const kernel = createKernel((2 + optimizer.slots) * size * FLOAT);
  const at = (region: number) => new Float32Array(kernel.memory, region * size * FLOAT, start.length);
  at(0).set(start);
  const span = {
    parameters: 0,
    gradient: size * FLOAT,
    slots: Array.from({ length: optimizer.slots }, (_, slot) => (2 + slot) * size * FLOAT),
    count: size,
    decay: setting.decay ?? true,
  };
  return steps.map((gradient, index) => {
    at(1).set(gradient);
    optimizer.update(kernel, span, { learningRate: setting.learningRate, step: index + 1, scale: setting.scale ?? 1 });
    return at(0).slice();
  });
}

const generator = random(4);
const noise = (length: number) => Float32Array.from({ length }, () => generator.normal());

describe("the kernel agrees with PyTorch float64", () => {
  function stepsOf(fixture: string) {
    return referenceCases(fixture).map((reference) => {
      const start = Float32Array.from(tensorOf(reference.weights, "start").values);
      const rows = (values: readonly number[]) =>
        Array.from({ length: 6 }, (_, row) => Float32Array.from(values.slice(row * 7, (row + 1) * 7)));
      return {
        name: reference.name,
        attributes: reference.attributes,
        start,
        gradients: rows(tensorOf(reference.gradients, "steps").values),
        expected: rows(tensorOf(reference.outputs, "steps").values),
      };
    });
  }

  test.each(stepsOf("adamw"))("AdamW, $name", ({ attributes, start, gradients, expected }) => {
    const [beta1, beta2] = attributes.betas as [number, number];
    const weightDecay = attributes.weight_decay as number;
    const optimizer = adamW({ beta1, beta2, epsilon: 1e-8, weightDecay });
    const got = run(optimizer, start, gradients, { learningRate: attributes.lr as number });
    for (const [step, values] of expected.entries()) expectClose(got[step], values, 2e-6, `step ${step + 1}`);
  });

  test.each(stepsOf("sgd-momentum"))("SGD, $name", ({ attributes, start, gradients, expected }) => {
    const optimizer = sgd({ momentum: (attributes.momentum as number | undefined) ?? 0 });
    const got = run(optimizer, start, gradients, { learningRate: attributes.lr as number });
    for (const [step, values] of expected.entries()) expectClose(got[step], values, 2e-6, `step ${step + 1}`);
  });
});

describe("the kernel agrees with a plain loop", () => {
  const start = noise(32);
  const gradients = Array.from({ length: 5 }, () => noise(32));

  test("AdamW with weight decay and a scaled gradient", () => {
    const [rate, weightDecay, scale] = [0.01, 0.1, 0.25];
    const p = Float64Array.from(start);
    const [m, v] = [new Float64Array(32), new Float64Array(32)];
    const got = run(adamW({ weightDecay }), start, gradients, { learningRate: rate, scale });
    for (const [index, gradient] of gradients.entries()) {
      const t = index + 1;
      for (let i = 0; i < 32; i++) {
        const g = scale * (gradient[i] as number);
        m[i] = 0.9 * (m[i] as number) + 0.1 * g;
        v[i] = 0.999 * (v[i] as number) + 0.001 * g * g;
        const step = (m[i] as number) / (1 - 0.9 ** t) / (Math.sqrt((v[i] as number) / (1 - 0.999 ** t)) + 1e-8);
        p[i] = (p[i] as number) * (1 - rate * weightDecay) - rate * step;
      }
      expectClose(got[index], Float32Array.from(p), 2e-6, `step ${t}`);
    }
  });

  test("SGD with momentum, decoupled weight decay and a scaled gradient", () => {
    const [rate, momentum, weightDecay, scale] = [0.05, 0.9, 0.02, 0.5];
    const p = Float64Array.from(start);
    const m = new Float64Array(32);
    const got = run(sgd({ momentum, weightDecay }), start, gradients, { learningRate: rate, scale });
    for (const [index, gradient] of gradients.entries()) {
      for (let i = 0; i < 32; i++) {
        m[i] = momentum * (m[i] as number) + scale * (gradient[i] as number);
        p[i] = (p[i] as number) * (1 - rate * weightDecay) - rate * (m[i] as number);
      }
      expectClose(got[index], Float32Array.from(p), 2e-6, `step ${index + 1}`);
    }
  });

  test("no weight decay where the span is told so", () => {
    const still = [new Float32Array(32)];
    for (const optimizer of [adamW({ weightDecay: 0.5 }), sgd({ weightDecay: 0.5 })]) {
      expect(run(optimizer, start, still, { learningRate: 0.1, decay: false })[0]).toEqual(start);
      expect(run(optimizer, start, still, { learningRate: 0.1, decay: true })[0]).not.toEqual(start);
    }
  });

  test("more memory than there can be is refused with what to do", () => {
    expect(() => createKernel(5 * 2 ** 30)).toThrow("Training needs 5.0 GiB");
  });

  test("the sum of squares and the moving average", () => {
    const kernel = createKernel(64 * FLOAT);
    const [average, values] = [new Float32Array(kernel.memory, 0, 32), new Float32Array(kernel.memory, 128, 32)];
    average.set(start);
    values.set(gradients[0] as Float32Array);
    const squares = values.reduce((total, value) => total + value * value, 0);
    expect(kernel.squares(128, 32)).toBeCloseTo(squares, 4);
    kernel.blend(0, 128, 32, 0.25);
    const blended = start.map((value, i) => value + 0.25 * ((values[i] as number) - value));
    expectClose(average, blended, 1e-6, "average");
  });

  test("the gradients of an L1 and an L2 penalty, with no pull at zero", () => {
    const kernel = createKernel(64 * FLOAT);
    const [gradient, values] = [new Float32Array(kernel.memory, 0, 32), new Float32Array(kernel.memory, 128, 32)];
    gradient.set(start);
    values.set(gradients[1] as Float32Array);
    values[3] = 0;
    values[4] = -0;
    kernel.penalize(0, 128, 32, 0.3, 0.7);
    const expected = start.map((g, i) => g + 0.7 * (values[i] as number) + 0.3 * Math.sign(values[i] as number));
    expectClose(gradient, expected, 1e-6, "gradient");
    expect(gradient[3]).toBe(start[3]);
  });
});
