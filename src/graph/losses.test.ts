import { describe, expect, test } from "vitest";
import { checkGradients, type Fill, gaussian, positive } from "../../test/gradient-check.ts";
import { expectReference, type ReferenceCase, referenceCases, tensorOf } from "../../test/reference.ts";
import { AffektError } from "../core/errors.ts";
import { random } from "../core/random.ts";
import { floats } from "../core/tensor.ts";
import { nodeRuntime } from "../platform/node/runtime.ts";
import { Graph, type Node } from "./graph.ts";
import { binaryCrossEntropy, concordanceLoss, crossEntropy, distillation, meanSquaredError } from "./losses.ts";
import { encodeModel } from "./onnx-write.ts";
import { scale } from "./ops/arithmetic.ts";

/** Rows that sum to one. */
function distributions(rows: number, classes: number): Float32Array {
  const generator = random(9);
  const out = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const weights = positive(classes, generator);
    const total = weights.reduce((a, b) => a + b, 0);
    for (let k = 0; k < classes; k++) out[row * classes + k] = (weights[k] as number) / total;
  }
  return out;
}

function oneHot(labels: readonly number[], classes: number): Float32Array {
  const out = new Float32Array(labels.length * classes);
  for (const [row, label] of labels.entries()) out[row * classes + label] = 1;
  return out;
}

/** The value of a loss of constants. */
async function valueOf(build: (graph: Graph) => Node): Promise<number> {
  const graph = new Graph("train");
  graph.output("loss", build(graph));
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  return floats((await session.run({})).loss)[0] as number;
}

describe("cross-entropy agrees with PyTorch float64", () => {
  /** PyTorch divides a loss of hard targets by the weights that occur; ours always divides by the batch. */
  function weightShare({ inputs }: ReferenceCase, hard: boolean): number {
    if (!hard || !inputs.classWeights) return 1;
    const weights = inputs.classWeights.values;
    const { values, dims } = tensorOf(inputs, "target");
    return values.reduce((total, label) => total + (weights[label] as number), 0) / (dims[0] as number);
  }

  test.each(referenceCases("cross-entropy").map((reference) => [reference.name, reference] as const))(
    "%s",
    (_, reference) => {
      const { inputs, attributes, gradients, outputs, upstream } = reference;
      const logits = tensorOf(inputs, "logits");
      const target = tensorOf(inputs, "target");
      const hard = target.dims.length === 1;
      const [batch = 0, classes = 0] = logits.dims;
      const targets = hard ? oneHot(target.values, classes) : Float32Array.from(target.values);
      const classWeights = inputs.classWeights && Float32Array.from(inputs.classWeights.values);
      return expectReference({
        values: { logits },
        gradients: { logits: tensorOf(gradients, "logits") },
        build: (x, graph) => {
          const loss = crossEntropy(x("logits"), graph.constant(targets, [batch, classes]), {
            labelSmoothing: attributes.labelSmoothing as number,
            ...(classWeights ? { classWeights } : {}),
          });
          return scale(loss, 1 / weightShare(reference, hard));
        },
        expected: tensorOf(outputs, "output"),
        upstream,
      });
    },
  );
});

describe("losses have the gradient that finite differences give", () => {
  const soft = distributions(3, 4);
  const logits = { logits: [3, 4] };
  const at = (values: Record<string, Node>) => values.logits as Node;
  const softTargets = (graph: Graph) => graph.constant(soft, [3, 4]);
  const noise: Fill = gaussian;
  const truth = noise(12, random(3));

  test("focal cross-entropy", () =>
    checkGradients({ inputs: logits, build: (v, g) => crossEntropy(at(v), softTargets(g), { focal: 2 }) }));
  test("focal cross-entropy with smoothing and class weights", () =>
    checkGradients({
      inputs: logits,
      build: (v, g) =>
        crossEntropy(at(v), softTargets(g), {
          focal: 1.5,
          labelSmoothing: 0.1,
          classWeights: Float32Array.of(1, 2, 0.5, 1),
        }),
    }));
  test("binary cross-entropy with class weights", () =>
    checkGradients({
      inputs: logits,
      build: (v, g) => binaryCrossEntropy(at(v), softTargets(g), { classWeights: Float32Array.of(1, 3, 1, 0.5) }),
    }));
  test("mean squared error", () =>
    checkGradients({ inputs: logits, build: (v, g) => meanSquaredError(at(v), g.constant(truth, [3, 4])) }));
  test("concordance loss", () =>
    checkGradients({
      inputs: { logits: [6, 2] },
      build: (v, g) => concordanceLoss(at(v), g.constant(truth, [6, 2])),
    }));
  test("distillation", () =>
    checkGradients({ inputs: logits, build: (v, g) => distillation(at(v), softTargets(g), 2) }));
});

describe("losses have values known by hand", () => {
  test("cross-entropy of equal logits is the logarithm of the number of classes", async () => {
    const loss = await valueOf((g) => crossEntropy(g.scalar(3, [2, 7]), g.constant(oneHot([0, 6], 7), [2, 7])));
    expect(loss).toBeCloseTo(Math.log(7), 6);
  });

  test("focal loss scales a term of probability p by (1 - p)^γ", async () => {
    // Two equal logits: p = 1/2, so γ = 2 leaves a quarter of log 2.
    const loss = await valueOf((g) =>
      crossEntropy(g.scalar(0, [1, 2]), g.constant(oneHot([0], 2), [1, 2]), { focal: 2 }),
    );
    expect(loss).toBeCloseTo(Math.log(2) / 4, 5);
  });

  test("binary cross-entropy of logit 0 is log 2 whatever the target", async () => {
    const loss = await valueOf((g) =>
      binaryCrossEntropy(g.scalar(0, [2, 2]), g.constant(Float32Array.of(0, 1, 0.3, 1), [2, 2])),
    );
    expect(loss).toBeCloseTo(Math.log(2), 6);
  });

  test("mean squared error averages over all values", async () => {
    const loss = await valueOf((g) => meanSquaredError(g.constant(Float32Array.of(1, 2), [1, 2]), g.scalar(0, [1, 2])));
    expect(loss).toBeCloseTo(2.5, 6);
  });

  test("the concordance loss is 0 for equal, 2 for opposite and 1 for constant predictions", async () => {
    const truth = Float32Array.of(-1, 0, 1);
    const loss = (values: number[]) =>
      valueOf((g) => concordanceLoss(g.constant(Float32Array.from(values), [3, 1]), g.constant(truth, [3, 1])));
    expect(await loss([-1, 0, 1])).toBeCloseTo(0, 5);
    expect(await loss([1, 0, -1])).toBeCloseTo(2, 5);
    expect(await loss([0.5, 0.5, 0.5])).toBeCloseTo(1, 5);
  });

  test("distillation is 0 where the student agrees with the teacher", async () => {
    const teacher = distributions(2, 3);
    const logits = teacher.map((p) => 2 * Math.log(p));
    const loss = await valueOf((g) => distillation(g.constant(logits, [2, 3]), g.constant(teacher, [2, 3]), 2));
    expect(loss).toBeCloseTo(0, 5);
  });

  test("very large logits give a finite loss", async () => {
    const loss = await valueOf((g) =>
      crossEntropy(g.constant(Float32Array.of(1e4, -1e4), [1, 2]), g.constant(oneHot([1], 2), [1, 2])),
    );
    expect(loss).toBeCloseTo(2e4, 0);
  });
});

test.each([
  ["cross-entropy", crossEntropy],
  ["binary cross-entropy", binaryCrossEntropy],
  ["mean squared error", meanSquaredError],
  ["concordance loss", concordanceLoss],
] as const)("%s refuses targets of another shape and names both shapes", (name, loss) => {
  const graph = new Graph("train");
  const make = () => loss(graph.input("p", [4, 3]), graph.input("t", [4, 2]));
  expect(make).toThrow(AffektError);
  expect(make).toThrow(`${name} received targets [4, 2]; expected [4, 3].`);
});
