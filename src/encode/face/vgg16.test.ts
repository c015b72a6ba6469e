import { describe, expect, test } from "vitest";
import { random } from "../../core/random.ts";
import { Graph } from "../../graph/graph.ts";
import { sizeOf } from "../../graph/shape.ts";
import { vgg16 } from "./vgg16.ts";
import { vgg16FromTorchvision } from "./vgg16-torchvision.ts";

describe("vgg16", () => {
  test("has the 138,357,544 weights of configuration D for 224×224 RGB and 1,000 labels", () => {
    // Number of parameters of torchvision.models.vgg16(); the paper says 138 million.
    const graph = new Graph("train");
    vgg16(graph.input("pixels", [1, 3, 224, 224]), 1000);
    let total = 0;
    for (const { shape } of graph.parameters.values()) total += sizeOf(shape);
    expect(total).toBe(138_357_544);
  });

  test("refuses pictures that its five maxima would use up", () => {
    const pixels = new Graph("train").input("pixels", [1, 3, 31, 31]);
    expect(() => vgg16(pixels, 2)).toThrow("VGG16 received [1, 3, 31, 31]; expected at least 32 × 32 pixels.");
  });

  test("starts from given weights, and from random ones where none are given", () => {
    const graph = new Graph("train");
    const given = Float32Array.from({ length: 4 * 9 }, (_, i) => i);
    vgg16(graph.input("pixels", [1, 1, 32, 32]), 2, {
      width: 1 / 16,
      hidden: 4,
      weights: new Map([["conv1_1.weight", given]]),
    });
    const start = (name: string): Float32Array => {
      const { shape, initialize } = graph.parameters.get(name) as NonNullable<ReturnType<typeof graph.parameters.get>>;
      const data = new Float32Array(sizeOf(shape));
      initialize(data, shape, random(1));
      return data;
    };
    expect(start("conv1_1.weight")).toEqual(given);
    expect(new Set(start("conv1_2.weight")).size).toBeGreaterThan(100);
  });

  test("refuses given weights of another size", () => {
    const graph = new Graph("train");
    const weights = new Map([["conv1_1.weight", new Float32Array(3)]]);
    vgg16(graph.input("pixels", [1, 1, 32, 32]), 2, { width: 1 / 16, hidden: 4, weights });
    const { shape, initialize } = graph.parameters.get("conv1_1.weight") as NonNullable<
      ReturnType<typeof graph.parameters.get>
    >;
    expect(() => initialize(new Float32Array(36), shape, random(1))).toThrow(
      "The initial weights hold 3 values for conv1_1.weight; expected [4, 1, 3, 3].",
    );
  });
});

test("weights by torchvision's names are found under ours, matrices turned", () => {
  // features.28 is the last convolution; the matrix [out 2, in 3] becomes [in 3, out 2].
  const kernel = Float32Array.of(7);
  const renamed = vgg16FromTorchvision(
    new Map([
      ["features.0.weight", Float32Array.of(1)],
      ["features.10.bias", Float32Array.of(2)],
      ["features.28.weight", kernel],
      ["classifier.0.weight", Float32Array.of(1, 2, 3, 4, 5, 6)],
      ["classifier.0.bias", Float32Array.of(8, 9)],
      ["classifier.6.weight", Float32Array.of(0)],
    ]),
  );
  expect([...renamed.keys()]).toEqual(["conv1_1.weight", "conv3_1.bias", "conv5_3.weight", "fc6.weight", "fc6.bias"]);
  expect(renamed.get("conv5_3.weight")).toBe(kernel);
  expect([...(renamed.get("fc6.weight") as Float32Array)]).toEqual([1, 4, 2, 5, 3, 6]);
});
