import { describe, expect, test } from "vitest";
import { AffektError } from "../core/errors.ts";
import { differentiate } from "./differentiate.ts";
import { Graph, type Node } from "./graph.ts";
import { multiHeadAttention, positions } from "./layers/attention.ts";
import { residual, squeezeExcitation } from "./layers/compose.ts";
import { conv1d, conv2d } from "./layers/convolutional.ts";
import { embedding, linear } from "./layers/dense.ts";
import { endStates } from "./layers/end-states.ts";
import { batchNorm, layerNorm } from "./layers/normalizing.ts";
import {
  attentionPool,
  averagePool2d,
  globalAveragePool,
  maxOverSteps,
  maxPool2d,
  meanOverSteps,
} from "./layers/pooling.ts";
import { gru, lstm } from "./layers/recurrent.ts";
import { binaryCrossEntropy, crossEntropy } from "./losses.ts";
import { add } from "./ops/arithmetic.ts";
import { matmul } from "./ops/matmul.ts";
import { concat, reshape, slice } from "./ops/reshape.ts";
import { broadcast, formatShape, normalizeAxes, sizeOf } from "./shape.ts";

describe("a shape error names the layer, what it received and what it expects", () => {
  const graph = () => new Graph("train");
  const x = (...shape: number[]): Node => graph().input("x", shape);
  /** A layer that has already seen the first input and then sees the second. */
  function twice(layer: (x: Node) => Node, first: number[], second: number[]): Node {
    const shared = graph();
    layer(shared.input("first", first));
    return layer(shared.input("second", second));
  }

  test.each<[string, () => unknown, string]>([
    ["linear", () => twice(linear("head", 3), [2, 4], [2, 5]), "linear layer head received [2, 5]; expected [..., 4]."],
    [
      "linear of an inference graph",
      () => {
        const g = new Graph("infer", new Map([["head.weight", new Float32Array(12)]]));
        const head = linear("head", 3, { bias: false });
        head(g.input("first", [-1, 4]));
        return head(g.input("second", [-1, 5]));
      },
      "linear layer head received [batch, 5]; expected [..., 4].",
    ],
    ["linear of a vector", () => linear("head", 3)(x(4)), "linear layer head received [4]"],
    [
      "conv2d of a sequence",
      () => conv2d("stem", 8, { kernel: 3 })(x(2, 3, 9)),
      "conv2d layer stem received [2, 3, 9]; expected 4 dimensions [batch, channels, height, width].",
    ],
    [
      "conv2d of other channels",
      () => twice(conv2d("stem", 8, { kernel: 3 }), [2, 3, 9, 9], [2, 4, 9, 9]),
      "conv2d layer stem received [2, 4, 9, 9]; expected 3 channels.",
    ],
    [
      "conv2d with groups that do not divide",
      () => conv2d("stem", 8, { kernel: 3, groups: 3 })(x(2, 3, 9, 9)),
      "conv2d layer stem received 3 channels in and 8 out; expected multiples of 3 groups.",
    ],
    [
      "conv2d of a picture smaller than the kernel",
      () => conv2d("stem", 8, { kernel: 5, padding: 0 })(x(2, 3, 4, 9)),
      "conv2d layer stem received [2, 3, 4, 9]; expected at least 5 × 5 with its padding.",
    ],
    [
      "conv1d of a picture",
      () => conv1d("steps", 8, { kernel: 3 })(x(2, 3, 9, 9)),
      "conv1d layer steps received [2, 3, 9, 9]; expected 3 dimensions [batch, channels, steps].",
    ],
    [
      "batch norm of a vector",
      () => batchNorm("norm")(x(4)),
      "batch norm norm received [4]; expected [batch, channels, ...].",
    ],
    [
      "layer norm of another width",
      () => twice(layerNorm("norm"), [2, 4], [2, 5]),
      "layer norm norm received [2, 5]; expected [..., 4].",
    ],
    [
      "max pool of a picture smaller than the window",
      () => maxPool2d(3)(x(2, 3, 9, 2)),
      "max pool received [2, 3, 9, 2]; expected at least 3 × 3 with its padding.",
    ],
    ["average pool", () => averagePool2d(2)(x(2, 3)), "average pool received [2, 3]; expected 4 dimensions"],
    ["mean over steps", () => meanOverSteps(x(2, 3)), "mean over steps received [2, 3]; expected 3 dimensions"],
    ["max over steps", () => maxOverSteps(x(2, 3)), "max over steps received [2, 3]; expected 3 dimensions"],
    [
      "attention pool",
      () => attentionPool("sum")(x(2, 3)),
      "attention pool sum received [2, 3]; expected 3 dimensions",
    ],
    ...(
      [
        ["mean over steps", meanOverSteps],
        ["max over steps", maxOverSteps],
        ["attention pool sum", attentionPool("sum")],
        ["last step", (x: Node, mask: Node) => endStates(x, "forward", mask)],
      ] as const
    ).map(([name, pool]): [string, () => unknown, string] => [
      `the mask of ${name}`,
      () => {
        const g = graph();
        return pool(g.input("x", [2, 5, 6]), g.input("mask", [2, 1]));
      },
      `${name} received a mask [2, 1]; expected [2, 5].`,
    ]),
    [
      "squeeze and excitation",
      () => squeezeExcitation("gate")(x(2, 8)),
      "squeeze-excitation gate received [2, 8]; expected 4 dimensions",
    ],
    [
      "positions",
      () => positions("text", 5, 8)(x(2, 6, 8)),
      "positions text received [2, 6, 8]; expected [batch, 5, 8].",
    ],
    ["max pool", () => maxPool2d(2)(x(2, 3, 4)), "max pool received [2, 3, 4]; expected 4 dimensions"],
    ["global pool", () => globalAveragePool(x(2, 3)), "global average pool received [2, 3]; expected 4 dimensions"],
    [
      "LSTM",
      () => lstm("read", 3)(x(2, 3)),
      "LSTM read received [2, 3]; expected 3 dimensions [batch, steps, inputs].",
    ],
    ["GRU", () => gru("read", 3)(x(2, 3, 4, 5)), "GRU read received [2, 3, 4, 5]; expected 3 dimensions"],
    [
      "LSTM of another width",
      () => twice(lstm("read", 3, { direction: "both" }), [2, 5, 4], [2, 5, 6]),
      "LSTM read received [2, 5, 6]; expected [batch, steps, 4].",
    ],
    ["GRU of another width", () => twice(gru("read", 3), [2, 5, 4], [2, 5, 6]), "; expected [batch, steps, 4]."],
    [
      "embedding",
      () => embedding("words", 9, 4)(x(2, 3)),
      "embedding words received ids of type float32; expected int32 ids.",
    ],
    [
      "attention heads",
      () => multiHeadAttention("mix", 6, { heads: 4 }),
      "attention mix received 6 dimensions; expected a multiple of 4 heads.",
    ],
    [
      "attention of a matrix",
      () => multiHeadAttention("mix", 6, { heads: 2 })(x(2, 6), x(2, 6)),
      "attention mix received [2, 6]; expected 3 dimensions [batch, steps, dim].",
    ],
    [
      "attention mask",
      () => {
        const g = graph();
        const q = g.input("q", [2, 5, 6]);
        return multiHeadAttention("mix", 6, { heads: 2 })(q, q, g.input("mask", [2, 4]));
      },
      "attention mix received a mask [2, 4]; expected [2, 5].",
    ],
    [
      "attention over keys of another batch",
      () => multiHeadAttention("mix", 6, { heads: 2 })(x(2, 5, 6), x(3, 5, 6)),
      "attention mix received keys [3, 5, 6]; expected as many rows as queries [2, 5, 6].",
    ],
    [
      "residual",
      () => residual(linear("inner", 3))(x(2, 4)),
      "residual received [2, 4]; expected [2, 3] (give a shortcut layer that fits).",
    ],
    ["add", () => add(x(2, 3), x(2, 4)), "add received [2, 3] and [2, 4]; expected shapes that broadcast together."],
    [
      "matmul",
      () => matmul(x(2, 3, 4), x(2, 3, 4)),
      "matmul received [2, 3, 4] and [2, 3, 4]; expected equal inner and equal leading dimensions.",
    ],
    ["matmul of other batches", () => matmul(x(2, 3, 4), x(5, 4, 3)), "matmul received [2, 3, 4] and [5, 4, 3]"],
    [
      "cross-entropy of a sequence",
      () => crossEntropy(x(2, 3, 4), x(2, 3, 4)),
      "cross-entropy received [2, 3, 4]; expected 2 dimensions [batch, classes].",
    ],
    [
      "class weights",
      () => binaryCrossEntropy(x(2, 3), x(2, 3), { classWeights: Float32Array.of(1) }),
      "binary cross-entropy received 1 class weights; expected one for each of 3 classes.",
    ],
    ["reshape", () => reshape(x(2, 3), [4]), "reshape received [2, 3]; expected as many values as [4] holds."],
    [
      "concat",
      () => concat([x(2, 3), x(3, 3)], 1),
      "concat received [2, 3], [3, 3]; expected equal shapes but for axis 1.",
    ],
    ["slice", () => slice(x(2, 3), 1, 2, 4), "slice received 2 to 4 of axis 1 of [2, 3]; expected a range in 0 to 3."],
    [
      "differentiation of a vector",
      () => {
        const g = graph();
        return differentiate(g, g.input("x", [3]));
      },
      "Only a scalar can be differentiated; received [3].",
    ],
  ])("%s", (_, build, message) => {
    expect(build).toThrow(AffektError);
    expect(build).toThrow(message);
    try {
      build();
    } catch (error) {
      expect((error as AffektError).code).toBe("shape");
      expect((error as AffektError).hint).not.toBe("");
    }
  });

  test("two layers of one name", () => {
    const g = graph();
    const input = g.input("x", [2, 4]);
    linear("head", 3)(input);
    expect(() => linear("head", 3)(input)).toThrow("Two layers are named head.weight.");
  });
});

describe("shapes", () => {
  test("broadcast like numpy's, a dynamic batch staying dynamic", () => {
    expect(broadcast("add", [2, 1, 4], [3, 1])).toEqual([2, 3, 4]);
    expect(broadcast("add", [-1, 3], [3])).toEqual([-1, 3]);
    expect(broadcast("add", [], [5])).toEqual([5]);
  });

  test("have a size unless a dimension is dynamic", () => {
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([-1, 3])).toBe(-1);
  });

  test("are written with the dynamic dimension by name", () => {
    expect(formatShape([-1, 3])).toBe("[batch, 3]");
  });

  test("have axes that may be counted from the end", () => {
    expect(normalizeAxes([-1, 0], 3)).toEqual([0, 2]);
  });
});

test("names inside a scope carry its name", () => {
  const graph = new Graph("train");
  graph.within("face", () => linear("head", 3)(graph.input("x", [2, 4])));
  expect([...graph.parameters.keys()]).toEqual(["face.head.weight", "face.head.bias"]);
});
