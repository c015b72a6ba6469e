import { expect, test } from "vitest";
import { float32, floats } from "../../core/tensor.ts";
import { nodeRuntime } from "../../platform/node/runtime.ts";
import { Graph } from "../graph.ts";
import { zeros } from "../initialize.ts";
import { encodeModel } from "../onnx-write.ts";
import { convolve } from "./convolution.ts";
import { batchNormalize } from "./normalization.ts";

const GEOMETRY = { kernel: [3, 3], stride: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;

test("batch norm behind a first convolution has the statistics of its output, pictures far from zero included", async () => {
  const graph = new Graph("train");
  const pixels = graph.input("pixels", [4, 1, 6, 5]);
  const kernel = graph.parameter("kernel", [2, 1, 3, 3], zeros);
  const [gain, bias] = [graph.parameter("gain", [2], zeros), graph.parameter("bias", [2], zeros)];
  const convolved = convolve(pixels, kernel, null, GEOMETRY);
  const { y, mean, variance } = batchNormalize(convolved, gain, bias, 1e-5);
  for (const [name, node] of Object.entries({ convolved, y, mean, variance })) graph.output(name, node);
  const session = await nodeRuntime().open(encodeModel(graph.model()));
  const waves = (length: number, around: number) =>
    Float32Array.from({ length }, (_, at) => around + Math.sin(2.3 * at + 1));
  const result = await session.run({
    pixels: float32(waves(120, 50), [4, 1, 6, 5]),
    kernel: float32(waves(18, 0), [2, 1, 3, 3]),
    gain: float32(Float32Array.of(2, -1), [2]),
    bias: float32(Float32Array.of(0.5, 0), [2]),
  });
  await session.release();

  const values = floats(result.convolved);
  for (const [channel, slope, shift] of [
    [0, 2, 0.5],
    [1, -1, 0],
  ] as const) {
    const own = values.filter((_, at) => Math.floor(at / 30) % 2 === channel);
    const average = own.reduce((sum, value) => sum + value, 0) / own.length;
    const spread = own.reduce((sum, value) => sum + (value - average) ** 2, 0) / own.length;
    expect(floats(result.mean)[channel]).toBeCloseTo(average, 3);
    expect((floats(result.variance)[channel] as number) / spread).toBeCloseTo(1, 4);
    const normal = floats(result.y).filter((_, at) => Math.floor(at / 30) % 2 === channel);
    const expected = own.map((value) => shift + (slope * (value - average)) / Math.sqrt(spread + 1e-5));
    for (const [at, value] of normal.entries()) expect(value).toBeCloseTo(expected[at] as number, 3);
  }
});
